#include "apps/peerpigeon/chat_command.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "apps/support/suggestion.hpp"
#include "pigeon/id.hpp"

namespace peerpigeon {

namespace {

using Kind = ChatCommand::Kind;

struct ChatWord {
  std::string_view word;
  Kind kind{};
  std::string_view arguments;
  std::string_view help;
};

// clang-format off
constexpr auto chat_words = std::to_array<ChatWord>({
    {"dm", Kind::direct_message, "ID WORDS", "send the words to one peer"},
    {"file", Kind::send_file, "ID FILE", "send a file to one peer, who has to be linked"},
    {"send", Kind::broadcast, "WORDS", "send the words to all, as does a line without command"},
    {"peers", Kind::peers, "", "list the links, and the peers that are known besides"},
    {"status", Kind::status, "", "tell how this peer is doing"},
    {"connect", Kind::connect, "[URL]", "join the mesh of a hub; without URL the last one's"},
    {"disconnect", Kind::disconnect, "", "leave; connect comes back"},
    {"clear", Kind::clear, "", "clear the screen"},
    {"help", Kind::help, "", "show this"},
    {"quit", Kind::quit, "", "leave and end; so does exit"},
    {"exit", Kind::quit, "", ""},
});
// clang-format on

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

/// Takes the first word off.
std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

bool looks_like_id(std::string_view word) {
  constexpr std::size_t shortest = 4;
  return word.size() >= shortest && word.size() <= pigeon::PeerId::text_length &&
         std::ranges::all_of(word, [](char c) { return pigeon::detail::hex_digit_value(c) >= 0; });
}

/// Whether a line without a slash is meant as this command.
bool has_its_shape(const ChatWord& command, std::string_view rest) {
  if (command.arguments.empty()) return rest.empty();
  if (command.kind == Kind::connect) {
    return rest.empty() || rest.find("://") != std::string_view::npos;
  }
  if (command.arguments.starts_with("ID")) return looks_like_id(take_word(rest)) && !rest.empty();
  return false;
}

ChatCommand incomplete(const ChatWord& command) {
  return {Kind::incomplete, "", fmt::format("/{} {}", command.word, command.arguments)};
}

ChatCommand read(const ChatWord& command, std::string_view rest) {
  if (command.arguments.empty()) return {command.kind, "", ""};
  ChatCommand read{command.kind, "", ""};
  if (command.arguments.starts_with("ID")) read.peer = take_word(rest);
  const bool is_optional = command.arguments.starts_with('[');
  if (rest.empty() && !is_optional) return incomplete(command);
  read.text = rest;
  return read;
}

std::string unknown_word(std::string_view word) {
  std::vector<std::string_view> known;
  known.reserve(chat_words.size());
  for (const ChatWord& command : chat_words) known.push_back(command.word);
  const auto meant = apps::suggest(word, known);
  return meant ? fmt::format("did you mean /{}?", *meant) : "/help lists the commands";
}

}  // namespace

ChatCommand parse_chat_line(std::string_view line) {
  line = trim(line);
  if (line.empty()) return {};
  if (line.starts_with("//")) return {Kind::broadcast, "", std::string(line.substr(1))};
  const bool has_slash = line.starts_with('/');
  std::string_view rest = line.substr(has_slash ? 1 : 0);
  const std::string_view word = take_word(rest);
  const auto command = std::ranges::find(chat_words, word, &ChatWord::word);
  const bool is_known = command != chat_words.end();
  if (has_slash && !is_known) return {Kind::unknown, "", unknown_word(word)};
  if (has_slash || (is_known && has_its_shape(*command, rest))) return read(*command, rest);
  return {Kind::broadcast, "", std::string(line)};
}

std::vector<std::string> complete_chat_line(std::string_view line,
                                            std::span<const std::string> peers) {
  const auto begin = line.find_last_of(" \t") + 1;  // 0 if there is none
  const std::string_view last = line.substr(begin);
  std::vector<std::string> found;
  if (begin == 0) {
    const std::string_view slash = last.starts_with('/') ? "/" : "";
    for (const ChatWord& command : chat_words) {
      const std::string whole = fmt::format("{}{}", slash, command.word);
      if (whole.starts_with(last) && !command.help.empty()) found.push_back(whole);
    }
    return found;
  }
  std::string_view before = trim(line.substr(0, begin));
  if (before != "dm" && before != "/dm" && before != "file" && before != "/file") return found;
  for (const std::string& peer : peers) {
    if (peer.starts_with(last)) found.push_back(peer);
  }
  return found;
}

std::string chat_help() {
  std::string text = "What you type goes to everybody. Commands, the slash may be left out:";
  for (const ChatWord& command : chat_words) {
    if (command.help.empty()) continue;
    text += fmt::format("\n  /{:<16} {}", fmt::format("{} {}", command.word, command.arguments),
                        command.help);
  }
  return text +
         "\nID is a peer's id or its beginning; the Tab key completes it. A question mark behind "
         "an "
         "id says\nthat nobody vouches for it.";
}

}  // namespace peerpigeon
