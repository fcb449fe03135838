#include "apps/peerpigeon/line_editor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cwchar>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <histedit.h>

#include "apps/peerpigeon/peer_names.hpp"
#include "apps/peerpigeon/write_out.hpp"

namespace peerpigeon {

namespace {
constexpr int history_lines_max = 1'000;
constexpr std::size_t shown_choices_max = 40;
/// What the key Ctrl+U sends: it takes the line away.
constexpr wchar_t kill_line = L'\x15';
}  // namespace

struct LineEditor::State {
  std::string prompt;
  std::filesystem::path history_file;
  Complete complete;
  Watched watched;
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::mbstate_t half_character{};
  bool is_editing = false;
  bool is_to_kill_line = false;

  static State& of(EditLine* editor) {
    void* state = nullptr;
    el_get(editor, EL_CLIENTDATA, &state);
    return *static_cast<State*>(state);
  }
  static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }
  static int read_character(EditLine* editor, wchar_t* character) {
    return of(editor).read(*character);
  }
  static unsigned char complete_word(EditLine* editor, int) { return of(editor).complete_last(); }

  int read(wchar_t& character);
  bool wait_for_key();
  unsigned char complete_last();
  void erase_line() const;
  void redraw() const { el_set(editor, EL_REFRESH); }
  std::size_t rows_above_cursor() const;
};

LineEditor::LineEditor(std::string prompt, std::filesystem::path history_file, Complete complete,
                       Watched watched)
    : state_(std::make_unique<State>()) {
  state_->prompt = std::move(prompt);
  state_->history_file = std::move(history_file);
  state_->complete = std::move(complete);
  state_->watched = std::move(watched);
  // The editor counts characters, and needs to know how they are written.
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  state_->history = history_init();
  HistEvent event{};
  ::history(state_->history, &event, H_SETSIZE, history_lines_max);
  ::history(state_->history, &event, H_SETUNIQUE, 1);
  ::history(state_->history, &event, H_LOAD, state_->history_file.c_str());
  EditLine* const editor = el_init("peerpigeon", stdin, stdout, stderr);
  state_->editor = editor;
  el_set(editor, EL_CLIENTDATA, state_.get());
  el_set(editor, EL_PROMPT, &State::show_prompt);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_HIST, ::history, state_->history);
  el_set(editor, EL_ADDFN, "complete", "Complete a command or an id", &State::complete_word);
  el_set(editor, EL_BIND, "^I", "complete", nullptr);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(editor, EL_GETCFN, &State::read_character);
}

LineEditor::~LineEditor() {
  std::error_code ignored;
  std::filesystem::create_directories(state_->history_file.parent_path(), ignored);
  HistEvent event{};
  ::history(state_->history, &event, H_SAVE, state_->history_file.c_str());
  el_end(state_->editor);
  history_end(state_->history);
}

std::optional<std::string> LineEditor::read_line() {
  int count = 0;
  state_->is_editing = true;
  const char* const read = el_gets(state_->editor, &count);
  state_->is_editing = false;
  if (read == nullptr || count <= 0) return std::nullopt;
  std::string line(read, static_cast<std::size_t>(count));
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  HistEvent event{};
  if (!line.empty()) ::history(state_->history, &event, H_ENTER, line.c_str());
  return line;
}

/// Waits for a key; meanwhile events are looked at. False: the line is over.
bool LineEditor::State::wait_for_key() {
  for (;;) {
    std::array<pollfd, 3> polled = {pollfd{STDIN_FILENO, POLLIN, 0},
                                    pollfd{watched.events, POLLIN, 0},
                                    pollfd{watched.signals, POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    if (polled[2].revents != 0) {
      const int signal = watched.take_signal();
      if (signal == SIGWINCH) {
        el_resize(editor);
      } else if (signal == SIGCONT) {
        el_set(editor, EL_PREP_TERM, 1);
        redraw();
      } else if (signal != 0 && !watched.look_at_signals(signal)) {
        return false;
      }
      if (is_to_kill_line) return true;
    }
    if (polled[1].revents != 0 && !watched.look_at_events()) return false;
    if (polled[0].revents != 0) return true;
  }
}

int LineEditor::State::read(wchar_t& character) {
  for (;;) {
    if (!wait_for_key()) return -1;
    if (std::exchange(is_to_kill_line, false)) {
      character = kill_line;
      return 1;
    }
    char byte = 0;
    const ssize_t size = ::read(STDIN_FILENO, &byte, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return static_cast<int>(size);
    const std::size_t used = std::mbrtowc(&character, &byte, 1, &half_character);
    if (used == static_cast<std::size_t>(-2)) continue;
    // A byte that begins no character is skipped.
    if (used == static_cast<std::size_t>(-1)) {
      half_character = {};
      continue;
    }
    return 1;
  }
}

unsigned char LineEditor::State::complete_last() {
  const LineInfo* const typed = el_line(editor);
  const std::string_view before(typed->buffer,
                                static_cast<std::size_t>(typed->cursor - typed->buffer));
  const auto choices = complete(before);
  if (choices.empty()) return CC_REFRESH_BEEP;
  const std::size_t known = before.size() - (before.find_last_of(" \t") + 1);
  std::string more = shared_beginning(choices).substr(known);
  if (choices.size() == 1) more += ' ';
  if (!more.empty()) {
    el_insertstr(editor, more.c_str());
    return CC_REFRESH;
  }
  const std::size_t shown = std::min(choices.size(), shown_choices_max);
  erase_line();
  fmt::print("{}{}\n", fmt::join(choices.begin(), choices.begin() + static_cast<int>(shown), "  "),
             shown < choices.size() ? "  ..." : "");
  return CC_REDISPLAY;
}

std::size_t LineEditor::State::rows_above_cursor() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  const LineInfoW* const typed = el_wline(editor);
  std::size_t columns = prompt.size();
  for (const wchar_t* at = typed->buffer; at < typed->cursor; ++at) {
    columns += static_cast<std::size_t>(std::max(::wcwidth(*at), 0));
  }
  return columns / size.ws_col;
}

void LineEditor::State::erase_line() const {
  const std::size_t rows = rows_above_cursor();
  if (rows > 0) fmt::print("\x1b[{}A", rows);
  fmt::print("\r\x1b[J");
  std::fflush(stdout);
}

bool LineEditor::print(std::string_view line) {
  // Ctrl+S stops a terminal for as long as the user likes.
  if (!wait_writable(STDOUT_FILENO)) return false;
  if (state_->is_editing) state_->erase_line();
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  const bool is_written = std::fflush(stdout) == 0;
  if (state_->is_editing) state_->redraw();
  return is_written;
}

bool LineEditor::discard_typed() {
  const LineInfo* const typed = el_line(state_->editor);
  if (!state_->is_editing || typed->lastchar == typed->buffer) return false;
  state_->is_to_kill_line = true;
  return true;
}

void LineEditor::clear_screen() {
  fmt::print("\x1b[H\x1b[2J");
  std::fflush(stdout);
}

}  // namespace peerpigeon
