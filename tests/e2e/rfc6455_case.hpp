#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/frame.hpp"

namespace pigeon::test {

// The hub does not echo frames. What it made of a message shows in its answers: a signal that a
// client addresses to itself comes back with its data, and everything else is answered by an error.
// A conformance case is what a client writes, and these answers in words:
//
//   echo TEXT    a signal to oneself has come back with this string as its data
//   error TEXT   an error reply
//   pong BYTES   a pong frame
//   close CODE   a close frame, the last thing that comes; 1005 if it had no code

/// One case of a walk through RFC 6455.
struct Rfc6455Case {
  std::string name;
  /// Each is written on its own.
  std::vector<std::string> writes;
  /// What must come, in this order. Without a `close` at its end the connection must stay usable.
  std::vector<std::string> expected;
  /// A signal to oneself that is sent before, and whose return is waited for.
  bool after_a_message = false;
};

void PrintTo(const Rfc6455Case& tested, std::ostream* out);

/// The id and the namespace of the client that walks a case.
inline constexpr std::string_view conformance_id = "0123456789abcdef0123456789abcdef01234567";
inline constexpr std::string_view conformance_network = "conformance";

/// A signal to oneself that carries the text, which needs no escapes in JSON.
std::string signal_with(std::string_view text);
/// How a signal's return is expected.
std::string echo_of(std::string_view text);
/// Long texts are told by their size and a checksum.
std::string brief(std::string_view words, std::string_view text);

inline const std::string unreadable = "error Invalid message format";
inline const std::string protocol_error = "close 1002";
inline const std::string not_utf8 = "close 1007";
inline const std::string policy_violation = "close 1008";
inline const std::string too_big = "close 1009";

/// The bytes cut into pieces of this size.
std::vector<std::string> chop(std::string_view bytes, std::size_t size);
/// The message as frames of so many bytes.
std::vector<std::string> fragments(std::string_view message, std::size_t size,
                                   std::uint8_t opcode = opcode::text);
std::string join(const std::vector<std::string>& pieces);

std::vector<Rfc6455Case> framing_cases();
std::vector<Rfc6455Case> ping_cases();
std::vector<Rfc6455Case> reserved_cases();
std::vector<Rfc6455Case> fragmentation_cases();
std::vector<Rfc6455Case> utf8_cases();
std::vector<Rfc6455Case> close_cases();

}  // namespace pigeon::test
