#include "pigeon/rtc_types.hpp"

#include <array>

namespace pigeon::rtc {

namespace {

template <std::size_t count, class State>
std::string_view word(const std::array<std::string_view, count>& words, State state) {
  return words[static_cast<std::size_t>(state)];
}

}  // namespace

std::string_view to_string(SdpType type) {
  static constexpr std::array<std::string_view, 4> words = {"offer", "pranswer", "answer",
                                                            "rollback"};
  return word(words, type);
}

std::string_view to_string(SignalingState state) {
  static constexpr std::array<std::string_view, 6> words = {"stable",
                                                            "have-local-offer",
                                                            "have-remote-offer",
                                                            "have-local-pranswer",
                                                            "have-remote-pranswer",
                                                            "closed"};
  return word(words, state);
}

std::string_view to_string(IceGatheringState state) {
  static constexpr std::array<std::string_view, 3> words = {"new", "gathering", "complete"};
  return word(words, state);
}

std::string_view to_string(ConnectionState state) {
  static constexpr std::array<std::string_view, 6> words = {
      "new", "connecting", "connected", "disconnected", "failed", "closed"};
  return word(words, state);
}

std::string_view to_string(IceConnectionState state) {
  static constexpr std::array<std::string_view, 7> words = {
      "new", "checking", "connected", "completed", "disconnected", "failed", "closed"};
  return word(words, state);
}

std::string_view to_string(ChannelError error) {
  switch (error) {
    case ChannelError::not_open:
      return "The data channel is not open.";
    case ChannelError::message_too_large:
      return "The message is longer than the other side takes; send it in parts.";
    case ChannelError::buffer_full:
      return "The send buffer is full; wait until the buffered amount is low.";
    case ChannelError::text_too_long:
      return "Label and protocol of a data channel have at most 65,535 bytes each.";
    case ChannelError::two_reliabilities:
      return "A data channel has a maximum life time or a maximum of retransmits, not both.";
    case ChannelError::bad_id:
      return "A negotiated data channel needs an id, and ids go from 0 to 65,534.";
    case ChannelError::id_in_use:
      return "No id is free for the data channel; close another one first.";
    case ChannelError::too_many_channels:
      return "The connection has as many data channels as it takes; close one first.";
  }
  return "";
}

std::string_view to_string(DataChannelState state) {
  switch (state) {
    case DataChannelState::connecting:
      return "connecting";
    case DataChannelState::open:
      return "open";
    case DataChannelState::closing:
      return "closing";
    case DataChannelState::closed:
      return "closed";
  }
  return "";
}

}  // namespace pigeon::rtc
