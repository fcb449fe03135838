#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace peerpigeon {

/// What a prompt watches besides the keyboard.
struct Watched {
  /// Readable when `look` has something to do.
  int events = -1;
  int signals = -1;
  /// False: stop waiting for a line.
  std::function<bool()> look_at_events;
  /// Gets the number of a signal; false: stop waiting for a line.
  std::function<bool(int signal)> look_at_signals;
  std::function<int()> take_signal;
};

/// Where lines come from, and where others appear meanwhile.
class Prompt {
 public:
  virtual ~Prompt() = default;

  /// Waits for a line; nothing at the end of the input, or when a look says so.
  virtual std::optional<std::string> read_line() = 0;
  /// Prints a line, without disturbing what is being typed; false if nobody reads.
  virtual bool print(std::string_view line) = 0;
  /// Gives up what has been typed; false if nothing has.
  virtual bool discard_typed() = 0;
  virtual void clear_screen() = 0;
};

}  // namespace peerpigeon
