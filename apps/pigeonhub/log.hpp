#pragma once

#include <memory>
#include <string>

#include "apps/pigeonhub/log_line.hpp"

namespace spdlog {
class logger;
}

namespace pigeonhub {

/// Writes log lines to standard error from a thread of its own, so that a reader that has stopped
/// reading does not stop the hub: at most 1,024 lines wait, then the oldest is dropped. May be used
/// from any thread. There is one at a time.
class Log {
 public:
  explicit Log(const LogSettings& settings);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  /// Writes what waits.
  ~Log();

  void write(const LogLine& line);

 private:
  bool json_ = false;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace pigeonhub
