#include "sim/world/upstream_gossip.hpp"

#include <algorithm>
#include <charconv>

#include "base/peer_id.hpp"
#include "crypto/peer_identity.hpp"
#include "wire/json_writer.hpp"

namespace pigeon::sim {

namespace {

constexpr std::int64_t first_ttl = 40;
constexpr Duration seen_time = 5min;
constexpr std::string_view network = "global";

std::string random_key(Random& random) {
  std::array<std::uint8_t, crypto::SigningPublicKey::byte_count> bytes{};
  random.fill(bytes);
  return crypto::SigningPublicKey(bytes).to_text();
}

std::string quoted(std::string_view text) {
  std::string out;
  wire::append_json_string(out, text);
  return out;
}

std::int64_t number(std::string_view raw, std::int64_t fallback) {
  std::int64_t value = fallback;
  std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return value;
}

std::vector<PeerId> without(const std::vector<PeerId>& peers, const PeerId& one) {
  std::vector<PeerId> others;
  std::copy_if(peers.begin(), peers.end(), std::back_inserter(others),
               [&](const PeerId& peer) { return peer != one; });
  return others;
}

/// The one nearest to `to`; nobody if there is none.
std::vector<PeerId> nearest(const std::vector<PeerId>& peers, const PeerId& to) {
  const auto best = std::min_element(
      peers.begin(), peers.end(),
      [&](const PeerId& a, const PeerId& b) { return distance(a, to) < distance(b, to); });
  if (best == peers.end()) return {};
  return {*best};
}

bool is_routed(std::string_view subtype) { return subtype == "dm" || subtype == "dht-routing"; }

bool is_internal(std::string_view type) {
  return type == "signaling-relay" || type == "peer-announce-relay" ||
         type == "bootstrap-keepalive" || type == "client-peer-announcement" ||
         type == "cross-bootstrap-signaling";
}

}  // namespace

UpstreamGossip::UpstreamGossip(const PeerId& self, Random random)
    : self_(self),
      self_text_(self.to_text()),
      random_(std::move(random)),
      signing_key_(random_key(random_)),
      encryption_key_(random_key(random_)) {}

std::string_view UpstreamGossip::Envelope::raw(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.first == key; });
  return found == members.end() ? std::string_view() : found->second;
}

// Names and ids have no escapes.
std::string UpstreamGossip::Envelope::text(std::string_view key) const {
  const std::string_view value = raw(key);
  if (value.size() < 2 || value.front() != '"') return {};
  return std::string(value.substr(1, value.size() - 2));
}

std::optional<UpstreamGossip::Envelope> UpstreamGossip::read(std::string_view text) {
  const auto parsed = reader_.parse(text);
  if (!parsed || parsed->kind() != wire::JsonKind::object) return std::nullopt;
  Envelope envelope;
  for (const wire::JsonMember& member : reader_.members(*parsed)) {
    const auto same = std::find_if(envelope.members.begin(), envelope.members.end(),
                                   [&](const auto& known) { return known.first == member.key; });
    if (same == envelope.members.end()) {
      envelope.members.emplace_back(member.key, member.value.raw);
    } else {
      same->second = member.value.raw;
    }
  }
  return envelope;
}

std::string UpstreamGossip::type_of(std::string_view object) {
  const auto inner = read(object);
  return inner ? inner->text("type") : std::string();
}

UpstreamGossip::Outcome UpstreamGossip::receive(std::string_view text, const PeerId& from,
                                                const std::vector<PeerId>& neighbors, Now now) {
  Outcome outcome;
  const auto message = read(text);
  if (!message) return outcome;
  const std::int64_t ttl = number(message->raw("ttl"), first_ttl);
  if (!is_acceptable(*message, ttl) || !remember(message->text("id"), now)) return outcome;
  if (message->text("subtype").starts_with("key_exchange")) {
    answer_keys(*message, neighbors, now, outcome);
    return outcome;
  }
  if (deliver(*message, outcome)) forward(*message, ttl, from, neighbors, outcome);
  return outcome;
}

bool UpstreamGossip::is_acceptable(const Envelope& message, std::int64_t ttl) const {
  const std::string named = message.text("networkName");
  return !message.text("id").empty() && PeerId::parse(message.text("from")) &&
         !message.text("subtype").empty() && !message.raw("content").empty() &&
         (named.empty() || named == network) && ttl > 0 &&
         message.raw("path").find(self_text_) == std::string_view::npos;
}

bool UpstreamGossip::remember(const std::string& id, Now now) {
  while (!seen_order_.empty() && seen_order_.front().first + seen_time <= now.monotonic) {
    seen_.erase(seen_order_.front().second);
    seen_order_.pop_front();
  }
  if (!seen_.insert(id).second) return false;
  seen_order_.emplace_back(now.monotonic, id);
  return true;
}

// False: it goes no further.
bool UpstreamGossip::deliver(const Envelope& message, Outcome& outcome) {
  const std::string subtype = message.text("subtype");
  const std::string content(message.raw("content"));
  const std::string_view path = message.raw("path");
  const auto quotes = static_cast<std::size_t>(std::count(path.begin(), path.end(), '"'));
  UpstreamMessage delivery{.id = message.text("id"),
                           .from = *PeerId::parse(message.text("from")),
                           .content = content,
                           .direct = subtype == "dm",
                           .hops = quotes > 2 ? quotes / 2 - 1 : 0};
  if (subtype == "chat") {
    if (content.size() <= 2 || content.front() != '"') return false;
    outcome.delivery = std::move(delivery);
  } else if (subtype == "dm" && message.text("to") == self_text_) {
    if (is_internal(type_of(content))) {
      outcome.internal = content;
    } else {
      outcome.delivery = std::move(delivery);
    }
    return false;
  }
  return true;
}

void UpstreamGossip::answer_keys(const Envelope& message, const std::vector<PeerId>& neighbors,
                                 Now now, Outcome& outcome) {
  const std::string from = message.text("from");
  if (!known_keys_.insert(from).second || message.text("subtype") != "key_exchange") return;
  auto [id, text] = make("key_exchange_response", key_content("key_exchange_response", now),
                         PeerId::parse(from), now);
  outcome.sendings.push_back({neighbors, std::move(text)});
}

void UpstreamGossip::forward(const Envelope& message, std::int64_t ttl, const PeerId& from,
                             const std::vector<PeerId>& neighbors, Outcome& outcome) const {
  if (ttl <= 1) return;
  std::vector<PeerId> targets = without(neighbors, from);
  if (is_routed(message.text("subtype"))) {
    const auto to = PeerId::parse(message.text("to"));
    if (!to) return;
    targets = nearest(targets, *to);
  }
  if (targets.empty()) return;
  wire::JsonObjectWriter writer(512);
  for (const auto& [key, raw] : message.members) {
    if (key == "ttl") {
      writer.number("ttl", ttl - 1);
    } else if (key == "path" && raw.size() > 2) {
      writer.raw("path", raw.substr(0, raw.size() - 1) + "," + quoted(self_text_) + "]");
    } else {
      writer.raw(key, raw);
    }
  }
  outcome.sendings.push_back({std::move(targets), writer.finish()});
}

std::pair<std::string, std::string> UpstreamGossip::make(std::string_view subtype,
                                                         std::string_view content,
                                                         const std::optional<PeerId>& to, Now now) {
  const std::string id = random_.id<MessageId>().to_text();
  remember(id, now);
  wire::JsonObjectWriter writer(512);
  writer.text("id", id).text("type", "gossip").text("subtype", subtype).raw("content", content);
  writer.text("from", self_text_);
  if (to) writer.text("to", to->to_text());
  writer.text("networkName", network).number("timestamp", now.wall_ms);
  writer.number("ttl", first_ttl).raw("path", "[" + quoted(self_text_) + "]");
  return {id, writer.finish()};
}

std::pair<std::string, UpstreamGossip::Sending> UpstreamGossip::broadcast(
    std::string_view text, const std::vector<PeerId>& neighbors, Now now) {
  auto [id, message] = make("chat", quoted(text), std::nullopt, now);
  return {id, {neighbors, std::move(message)}};
}

std::pair<std::string, UpstreamGossip::Sending> UpstreamGossip::direct(
    const PeerId& to, std::string_view text, const std::vector<PeerId>& neighbors, Now now) {
  auto [id, message] = make("dm", quoted(text), to, now);
  return {id, {nearest(neighbors, to), std::move(message)}};
}

UpstreamGossip::Sending UpstreamGossip::exchange_keys(const PeerId& neighbor,
                                                      const std::vector<PeerId>& neighbors,
                                                      Now now) {
  if (known_keys_.contains(neighbor.to_text())) return {};
  auto [id, message] = make("key_exchange", key_content("key_exchange", now), neighbor, now);
  return {neighbors, std::move(message)};
}

std::string UpstreamGossip::key_content(std::string_view type, Now now) const {
  return wire::JsonObjectWriter()
      .text("type", type)
      .raw(
          "publicKey",
          wire::JsonObjectWriter().text("pub", signing_key_).text("epub", encryption_key_).finish())
      .number("timestamp", now.wall_ms)
      .finish();
}

}  // namespace pigeon::sim
