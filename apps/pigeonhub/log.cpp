#include "apps/pigeonhub/log.hpp"

#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include <spdlog/async.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

namespace pigeonhub {
namespace {

constexpr std::size_t waiting_lines_max = 1'024;
constexpr const char* pretty_pattern = "%H:%M:%S.%e %^%-7l%$ %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

/// https://no-color.org: present and not empty means no colour.
spdlog::color_mode color_mode() {
  const char* no_color = std::getenv("NO_COLOR");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  return unwanted ? spdlog::color_mode::never : spdlog::color_mode::automatic;
}

}  // namespace

Log::Log(const LogSettings& settings) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  json_ =
      settings.format == LogFormat::json || (settings.format == LogFormat::automatic && !terminal);

  spdlog::init_thread_pool(waiting_lines_max, 1);
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(color_mode());
  logger_ =
      std::make_shared<spdlog::async_logger>("pigeonhub", std::move(sink), spdlog::thread_pool(),
                                             spdlog::async_overflow_policy::overrun_oldest);
  logger_->set_level(to_spdlog(settings.level));
  logger_->set_pattern(json_ ? json_pattern : pretty_pattern,
                       json_ ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local);
}

Log::~Log() {
  logger_.reset();
  spdlog::shutdown();
}

void Log::write(const LogLine& line) {
  const auto level = to_spdlog(line.level);
  if (!logger_->should_log(level)) return;
  logger_->log(level, spdlog::string_view_t(json_ ? json_members(line) : line.text));
}

}  // namespace pigeonhub
