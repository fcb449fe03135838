#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "apps/peerpigeon/prompt.hpp"

namespace peerpigeon {

/// A line that is edited at a terminal, with history and completion. There is one at a time.
class LineEditor : public Prompt {
 public:
  /// Whole words in place of the last one of a line.
  using Complete = std::function<std::vector<std::string>(std::string_view line)>;

  LineEditor(std::string prompt, std::filesystem::path history_file, Complete complete,
             Watched watched);
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;
  /// Writes the history and leaves the terminal as it was.
  ~LineEditor() override;

  std::optional<std::string> read_line() override;
  bool print(std::string_view line) override;
  bool discard_typed() override;
  void clear_screen() override;

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace peerpigeon
