#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pigeon::wire {

/// Messages that one client addresses to another through a hub (PeerPigeon protocol, message
/// types).
enum class SignalType : std::uint8_t {
  offer,
  answer,
  ice_candidate,
  connection_rejected,
  renegotiation_offer,
  renegotiation_answer,
  ice_restart_offer,
  ice_restart_answer,
  recovery_offer,
};

/// Number of signal types.
inline constexpr std::size_t signal_type_count = 9;

/// The `type` on the wire.
std::string_view to_text(SignalType type);
/// The type of that name, or nothing.
std::optional<SignalType> parse_signal_type(std::string_view text);

}  // namespace pigeon::wire
