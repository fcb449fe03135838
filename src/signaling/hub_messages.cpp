#include <variant>

#include "base/text.hpp"
#include "signaling/hub_links.hpp"
#include "wire/limits.hpp"
#include "wire/signal_data.hpp"

// What the messages of a hub mean to us (PeerPigeon protocol, sections 2.3 and 2.4).

namespace pigeon::signaling {

namespace {

/// Bytes of a message that cost one token of its hub's rate.
constexpr std::size_t bytes_per_token = 4'096;
/// Bytes of the reason of a rejection.
constexpr std::size_t rejection_bytes_max = 128;

/// The type that a description of this signal has; nothing if the signal holds none.
std::optional<rtc::SdpType> described_type(wire::SignalType type) {
  using enum wire::SignalType;
  switch (type) {
    case offer:
    case renegotiation_offer:
    case ice_restart_offer:
      return rtc::SdpType::offer;
    case answer:
    case renegotiation_answer:
    case ice_restart_answer:
      return rtc::SdpType::answer;
    default:
      return std::nullopt;
  }
}

/// The bytes of a member of `data`; empty if there is none.
std::string_view member(std::string_view data, std::string_view key, wire::JsonReader& reader) {
  std::string_view found;
  for (const wire::JsonMember& one : reader.members(wire::JsonText{data})) {
    if (one.key == key) found = one.value.raw;
  }
  return found;
}

}  // namespace

void HubLinks::received(HubKey key, std::string_view text, Now now) {
  Hub* const hub = find(key);
  if (hub == nullptr || hub->state != HubState::connected) return;
  // Before the decoder, whose time a hub could waste otherwise.
  const bool fits = text.size() <= wire::message_bytes_max;
  const auto cost = static_cast<std::uint32_t>(1 + text.size() / bytes_per_token);
  if (!fits || !hub->messages.take(now.monotonic, cost)) {
    ++dropped_count_;
    return;
  }
  const auto message = wire::decode_server_message(text, reader_);
  if (!message) {
    ++dropped_count_;
    return;
  }
  std::visit(
      [&](const auto& typed) {
        // The others say nothing that we act upon.
        if constexpr (requires { receive(*hub, typed, now); }) receive(*hub, typed, now);
      },
      *message);
}

void HubLinks::receive(Hub& hub, const wire::PeerDiscovered& message, Now now) {
  if (!is_for_us(message.to, message.network)) return;
  const auto peer = read_peer(message.peer_id);
  if (!peer) return;
  named_by_.insert(peer->id, hub.key, now.monotonic);
  news_.emplace_back(Discovered{hub.key, *peer, message.is_capable});
}

void HubLinks::receive(Hub& hub, const wire::PeerDisconnected& message, Now /*now*/) {
  if (is_for_us(message.to, message.network)) depart(hub, message.peer_id, false);
}

void HubLinks::receive(Hub& hub, const wire::RelayedGoodbye& message, Now /*now*/) {
  if (is_for_us(message.to, message.network)) depart(hub, message.from, true);
}

void HubLinks::receive(Hub& hub, const wire::RelayedSignal& message, Now now) {
  if (!is_for_us(message.to, message.network)) return;
  const auto from = read_peer(message.from);
  if (!from) return;
  named_by_.insert(from->id, hub.key, now.monotonic);
  if (message.type == wire::SignalType::ice_candidate) {
    return receive_candidate(hub, *from, message.data);
  }
  if (message.type == wire::SignalType::connection_rejected) {
    return receive_rejection(hub, *from, message.data);
  }
  receive_description(hub, *from, message);
}

/// Restarts wrap theirs in a member `offer` or `answer` (section 4.9).
void HubLinks::receive_description(Hub& hub, const wire::SpelledId& from,
                                   const wire::RelayedSignal& message) {
  const auto type = described_type(message.type);
  if (!type) return;
  const bool is_offer = *type == rtc::SdpType::offer;
  const std::string_view inner = member(message.data, is_offer ? "offer" : "answer", reader_);
  auto description = wire::decode_description(inner.empty() ? message.data : inner, reader_);
  if (!description || description->type != *type) {
    ++dropped_count_;
    return;
  }
  news_.emplace_back(DescriptionReceived{hub.key, from, std::move(*description)});
}

void HubLinks::receive_candidate(Hub& hub, const wire::SpelledId& from, std::string_view data) {
  auto candidate = wire::decode_candidate(data, reader_);
  if (!candidate) {
    ++dropped_count_;
    return;
  }
  news_.emplace_back(CandidateReceived{hub.key, from, std::move(*candidate)});
}

void HubLinks::receive_rejection(Hub& hub, const wire::SpelledId& from, std::string_view data) {
  const wire::JsonText reason{member(data, "reason", reader_)};
  const std::string_view words = first_bytes(reader_.unescaped(reason), rejection_bytes_max);
  news_.emplace_back(Rejected{hub.key, from.id, std::string(words)});
}

void HubLinks::depart(Hub& hub, std::string_view text, bool said_goodbye) {
  const auto peer = read_peer(text);
  if (!peer) return;
  const HubKey* const named = named_by_.find(peer->id);
  if (named != nullptr && *named == hub.key) named_by_.erase(peer->id);
  // It is still where another hub has named it.
  if (!said_goodbye && has_way_to(peer->id)) return;
  news_.emplace_back(Departed{hub.key, peer->id, said_goodbye});
}

/// Upstream's clients drop what is of another namespace or for another id.
bool HubLinks::is_for_us(std::string_view to, std::string_view network) const {
  return network == network_ && (to.empty() || to == self_text_);
}

/// Another peer's id. Nothing for our own, in any spelling; one that is none is counted.
std::optional<wire::SpelledId> HubLinks::read_peer(std::string_view text) {
  const auto peer = wire::SpelledId::parse(text);
  if (!peer) ++dropped_count_;
  if (!peer || peer->id == self_.id) return std::nullopt;
  return peer;
}

}  // namespace pigeon::signaling
