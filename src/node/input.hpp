#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "crypto/request.hpp"
#include "node/link_id.hpp"
#include "pigeon/rtc_types.hpp"
#include "signaling/hub_links.hpp"

namespace pigeon::node {

// What happens to a node. Views are valid for the call.

/// A WebSocket that an `OpenHub` asked for is open.
struct HubOpened {
  signaling::HubKey hub{};
};
struct HubText {
  signaling::HubKey hub{};
  std::string_view text;
};
/// It is closed, or could not be opened; `reason` is a sentence.
struct HubClosed {
  signaling::HubKey hub{};
  std::uint16_t code = 1006;
  std::string_view reason;
};

/// A description or a candidate of ours, for the other side.
struct LinkDescription {
  LinkId link{};
  rtc::SessionDescription description;
};
struct LinkCandidate {
  LinkId link{};
  rtc::IceCandidate candidate;
};
/// The channel is open.
struct LinkOpened {
  LinkId link{};
};
struct LinkText {
  LinkId link{};
  std::string_view text;
};
struct LinkBinary {
  LinkId link{};
  BytesView data;
};
/// The answer to `NotifyDrained`.
struct LinkDrained {
  LinkId link{};
};
/// The channel takes no more: this many messages for it were dropped.
struct LinkOverflowed {
  LinkId link{};
  std::uint32_t count = 1;
  /// A binary frame was among them: what follows on the channel no longer fits together.
  bool has_lost_frame = false;
};
/// The connection of an open link is not heard for the moment, or is heard again.
struct LinkSilent {
  LinkId link{};
  bool is_silent = true;
};
/// The link is over, or never came about; `reason` as upstream words it.
struct LinkClosed {
  LinkId link{};
  std::string_view reason;
};

using Input = std::variant<HubOpened, HubText, HubClosed, LinkDescription, LinkCandidate,
                           LinkOpened, LinkText, LinkBinary, LinkDrained, LinkOverflowed,
                           LinkSilent, LinkClosed, crypto::Done>;

}  // namespace pigeon::node
