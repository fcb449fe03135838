// What the model of upstream's client does with what comes over its channels.

#include <utility>
#include <variant>

#include "sim/world/upstream_peer.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::sim {

namespace {

/// Members of an object that are strings, or JSON.
struct Members {
  std::string type;
  std::string data;
  std::string from;
  std::string signal;
};

Members read_members(std::string_view text, wire::JsonReader& reader) {
  Members members;
  const auto parsed = reader.parse(text);
  if (!parsed) return members;
  for (const wire::JsonMember& member : reader.members(*parsed)) {
    if (member.key == "type") members.type = reader.unescaped(member.value);
    if (member.key == "data") members.data = member.value.raw;
    if (member.key == "fromPeerId") members.from = reader.unescaped(member.value);
    if (member.key == "signalingMessage") members.signal = member.value.raw;
  }
  return members;
}

}  // namespace

void UpstreamPeer::receive_link(const node::Input& input) {
  if (const auto* opened = std::get_if<node::LinkOpened>(&input)) {
    if (const auto peer = peer_of(opened->link)) link_up(*peer);
  } else if (const auto* text = std::get_if<node::LinkText>(&input)) {
    if (const auto peer = peer_of(text->link)) on_channel_text(*peer, text->text);
  } else if (const auto* closed = std::get_if<node::LinkClosed>(&input)) {
    if (const auto peer = peer_of(closed->link)) on_channel_closed(*peer);
  } else if (const auto* described = std::get_if<node::LinkDescription>(&input)) {
    const auto peer = peer_of(described->link);
    if (!peer) return;
    const bool is_offer = described->description.type == rtc::SdpType::offer;
    send_signal(is_offer ? wire::SignalType::offer : wire::SignalType::answer, *peer,
                wire::encode_data(described->description));
  } else if (const auto* found = std::get_if<node::LinkCandidate>(&input)) {
    const auto peer = peer_of(found->link);
    if (!peer) return;
    send_signal(wire::SignalType::ice_candidate, *peer, wire::encode_data(found->candidate));
  }
}

void UpstreamPeer::on_channel_text(const PeerId& from, std::string_view text) {
  if (on_text_) on_text_(from, text);
  const Members members = read_members(text, reader_);
  if (members.type == "eviction") {
    // Without upstream's event of a lost peer, so nothing follows.
    close_slot(from);
  } else if (members.type == "signaling") {
    on_wrapped_signal(from, text);
  } else {
    auto outcome = gossip_.receive(text, from, links(), now());
    for (const auto& sending : outcome.sendings) send(sending);
    if (outcome.delivery && on_message_) on_message_(*this, *outcome.delivery);
    if (!outcome.internal.empty()) on_wrapped_signal(from, outcome.internal);
  }
}

// Wrapped in `signaling`, or relayed as content of a direct message (5.6, 5.7).
void UpstreamPeer::on_wrapped_signal(const PeerId& neighbor, std::string_view text) {
  const Members outer = read_members(text, reader_);
  const bool is_relayed = outer.type == "signaling-relay";
  const std::string object = is_relayed ? outer.signal : outer.data;
  const Members inner = read_members(object, reader_);
  const std::string& claimed = is_relayed ? inner.from : outer.from;
  on_signal(inner.type, PeerId::parse(claimed).value_or(neighbor), inner.data);
}

std::string UpstreamPeer::send_message(std::string_view text) {
  auto [id, sending] = gossip_.broadcast(text, links(), now());
  send(sending);
  return id;
}

std::string UpstreamPeer::send_direct(const PeerId& to, std::string_view text) {
  auto [id, sending] = gossip_.direct(to, text, links(), now());
  send(sending);
  return id;
}

void UpstreamPeer::send(const UpstreamGossip::Sending& sending) {
  const auto shared = std::make_shared<const std::string>(sending.text);
  for (const PeerId& neighbor : sending.neighbors) {
    const auto slot = slots_.find(neighbor);
    if (slot != slots_.end()) network_.send_text(owner_, slot->second.link, shared);
  }
}

void UpstreamPeer::send_raw(const PeerId& neighbor, std::string_view text) {
  send({.neighbors = {neighbor}, .text = std::string(text)});
}

void UpstreamPeer::send_raw_binary(const PeerId& neighbor, Bytes data) {
  const auto slot = slots_.find(neighbor);
  if (slot != slots_.end()) network_.send_binary(owner_, slot->second.link, std::move(data));
}

}  // namespace pigeon::sim
