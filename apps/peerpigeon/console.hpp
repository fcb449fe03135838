#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "apps/peerpigeon/report.hpp"

namespace peerpigeon {

/// What the program prints: lines for people, or one JSON object a line. Belongs to one thread.
class Console {
 public:
  Console(bool is_json, Verbosity level) : is_json_(is_json), level_(level) {}

  bool is_json() const { return is_json_; }
  Verbosity level() const { return level_; }

  /// Prints a report if it is important enough.
  void tell(const Report& report);
  /// What somebody asked for, whatever the level.
  void answer(const Report& report);
  /// A line for people only; nothing with JSON.
  void show(std::string_view line);
  /// A failure, whatever the level: to standard error, or as an event. Strangers may have a say in
  /// the sentence: what a terminal would obey is made harmless here.
  void complain(std::string_view sentence);
  /// A line that the next one replaces, if a person looks at a terminal.
  void show_progress(std::string_view line);

  /// Takes over the lines, for instance to print them above a prompt; false from it: nobody reads.
  void redirect(std::function<bool(std::string_view line)> write) { write_ = std::move(write); }
  /// For commands that run until somebody ends them: finds out that nobody reads, also while there
  /// is nothing to print.
  bool has_reader();
  /// Nobody reads any more, or did not read until a signal came. Nothing more is printed then.
  bool has_failed() const { return has_failed_; }

 private:
  void print(std::string_view line);
  void write(std::string_view text);

  bool is_json_;
  Verbosity level_;
  bool has_progress_ = false;
  bool has_failed_ = false;
  std::function<bool(std::string_view)> write_;
};

}  // namespace peerpigeon
