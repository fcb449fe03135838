#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pigeon/peer_connection.hpp"
#include "pigeon/rtc_loop.hpp"

namespace pigeon::bench {

/// A loop whose connections meet on loopback. Each has a socket of its own, because two
/// connections between the same two sockets could not be told apart.
RtcLoop make_loop();

/// Two connections of one loop with a data channel between them. What they tell each other before
/// the channel is open goes by function calls.
class Pair {
 public:
  using OnMessage = std::function<void(std::vector<std::uint8_t>)>;

  /// The end that offers, or the other one.
  struct End {
    std::optional<PeerConnection> connection;
    rtc::ChannelKey channel{};
    bool is_open = false;
    OnMessage on_message;
    std::function<void()> on_buffered_amount_low;
  };

  /// Begins to connect.
  Pair(RtcLoop& loop, const PeerConnectionOptions& options);
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  End& near() { return ends_[0]; }
  End& far() { return ends_[1]; }
  bool is_open() const { return ends_[0].is_open && ends_[1].is_open; }
  /// Whether both ends are connected and the channel is open.
  bool is_connected() const;
  /// Why a connection or its channel came to an end; empty if none did.
  const std::string& failure() const { return failure_; }

 private:
  void add(std::size_t index, RtcLoop& loop, const PeerConnectionOptions& options);
  void receive(std::size_t index, rtc::ConnectionEvent& event);

  End ends_[2];
  std::string failure_;
};

/// Runs the loop until all pairs are open. Throws std::runtime_error if one fails or half a minute
/// passes.
void open(RtcLoop& loop, const std::vector<Pair*>& pairs);

}  // namespace pigeon::bench
