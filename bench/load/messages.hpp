#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pigeon::bench {

/// Forty hexadecimal digits: 32 that look random, and `number`, which the relay routes by.
std::string peer_id_of(std::size_t number);
/// The number in a peer id.
std::size_t number_of(std::string_view peer_id);
/// What a client of that number asks for.
std::string target_of(std::size_t number);
std::vector<std::string> targets_of(std::size_t count);

/// The announcement of a 1.1.3 client.
std::string announce_of(std::size_t number, std::string_view network);

/// An offer or answer as a 1.1.3 client writes it, which carries a sequence number in its SDP.
class Description {
 public:
  /// `type` is "offer" or "answer". `bytes` is the length of the message; throws std::runtime_error
  /// if that is too short for an SDP.
  Description(std::string_view type, std::size_t target, std::string_view network,
              std::size_t bytes);
  /// The message with that number; lives until the next call.
  std::string_view numbered(std::uint64_t sequence);
  /// Whether `arrived` begins with this description's data, unchanged but for the number.
  bool matches(std::string_view arrived) const;

 private:
  std::string text_;
  std::size_t data_at_ = 0;
  std::size_t data_size_ = 0;
  std::size_t sequence_at_ = 0;
};

/// What the bench wants to know of a message from a server. Views lie in the message.
struct Arrival {
  std::string_view type;
  /// The value of `data`, to the end of the message.
  std::string_view data;
};
Arrival look_at(std::string_view message);

/// The sequence number in a description's data; nothing if there is none.
std::optional<std::uint64_t> sequence_of(std::string_view data);
/// The peerId in the data of a `peer-discovered`; empty if there is none.
std::string_view discovered_peer(std::string_view data);

}  // namespace pigeon::bench
