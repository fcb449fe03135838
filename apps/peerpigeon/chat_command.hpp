#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace peerpigeon {

/// What a line at the prompt asks for.
struct ChatCommand {
  enum class Kind {
    nothing,
    broadcast,
    direct_message,
    send_file,
    peers,
    status,
    connect,
    disconnect,
    clear,
    help,
    quit,
    /// Begins with a slash, and is no command.
    unknown,
    /// A command that lacks something; `text` says how it is written.
    incomplete,
  };

  Kind kind = Kind::nothing;
  /// A peer, or the beginning of its id.
  std::string peer;
  /// Words, a file or a URL.
  std::string text;

  friend bool operator==(const ChatCommand&, const ChatCommand&) = default;
};

/// Reads a line. Commands begin with a slash; without it a line is one only if it has the shape of
/// one, so that `help` is a command and `help me` is said to everybody. Two slashes say one.
ChatCommand parse_chat_line(std::string_view line);

/// What the line could go on with: whole words in place of the last one. `peers` are ids.
std::vector<std::string> complete_chat_line(std::string_view line,
                                            std::span<const std::string> peers);

/// The commands with a sentence each, one a line.
std::string chat_help();

}  // namespace peerpigeon
