#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "crypto/request.hpp"
#include "node/link_id.hpp"
#include "pigeon/node_event.hpp"
#include "pigeon/rtc_types.hpp"
#include "signaling/hub_links.hpp"

namespace pigeon::node {

// What a node wants done, in this order.

/// Make a connection with the channel `messages` (ordered, reliable) and an offer:
/// `LinkDescription` and `LinkCandidate` follow, then `LinkOpened` or `LinkClosed`.
struct DialLink {
  LinkId link{};
  PeerId peer;
};
/// Make a connection that answers this offer.
struct AcceptLink {
  LinkId link{};
  PeerId peer;
  rtc::SessionDescription offer;
};
struct ApplyDescription {
  LinkId link{};
  rtc::SessionDescription description;
};
struct ApplyCandidate {
  LinkId link{};
  rtc::IceCandidate candidate;
};
/// Close after what was sent has left, if that is soon; no `LinkClosed` follows.
struct CloseLink {
  LinkId link{};
};
/// One text for several links.
struct SendText {
  std::vector<LinkId> links;
  std::string text;
};
struct SendBinary {
  LinkId link{};
  Bytes data;
};
/// Wants `LinkDrained` when at most `threshold` bytes wait to be sent: at once if that is so.
struct NotifyDrained {
  LinkId link{};
  std::size_t threshold = 65'536;
};
/// For the application.
struct Emit {
  NodeEvent event;
};

using Output = std::variant<signaling::OpenHub, signaling::SendToHub, signaling::CloseHub, DialLink,
                            AcceptLink, ApplyDescription, ApplyCandidate, CloseLink, SendText,
                            SendBinary, NotifyDrained, crypto::Request, Emit>;

}  // namespace pigeon::node
