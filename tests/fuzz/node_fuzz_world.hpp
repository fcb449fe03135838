#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/assert.hpp"
#include "base/base64.hpp"
#include "crypto/sha256.hpp"
#include "node/node.hpp"
#include "tests/fuzz/script.hpp"

namespace pigeon::fuzz {

using namespace pigeon::node;

/// Signatures without a curve: true is what was signed here, and nothing else.
class Notary {
 public:
  crypto::SignatureBytes sign(const crypto::SigningPublicKey& key, const std::string& text) {
    const crypto::SignatureBytes signature = signature_of(key, text);
    signed_.insert({key.bytes(), text});
    return signature;
  }
  bool verify(const crypto::VerifyRequest& request) const {
    return signed_.contains({request.key.bytes(), request.text}) &&
           signature_of(request.key, request.text) == request.signature;
  }
  /// Whether the owner of that id has signed a text with all these parts.
  bool has_signed(const PeerId& peer, const std::vector<std::string>& parts) const {
    return std::ranges::any_of(signed_, [&](const auto& entry) {
      if (crypto::peer_id_of(crypto::SigningPublicKey(entry.first)) != peer) return false;
      return std::ranges::all_of(
          parts, [&](const std::string& part) { return entry.second.contains_text(part); });
    });
  }

 private:
  struct Text : std::string {
    Text(const std::string& text) : std::string(text) {}
    bool contains_text(const std::string& part) const { return find(part) != npos; }
  };
  static crypto::SignatureBytes signature_of(const crypto::SigningPublicKey& key,
                                             const std::string& text) {
    crypto::Sha256 hash;
    hash.update(BytesView(key.bytes()));
    hash.update(as_bytes(text));
    const auto digest = hash.digest();
    crypto::SignatureBytes signature{};
    std::copy(digest.begin(), digest.end(), signature.begin());
    return signature;
  }

  std::set<std::pair<std::array<std::uint8_t, 64>, Text>> signed_;
};

/// Keys made of one byte.
inline NodeKeys keys_of(std::uint8_t number) {
  std::array<std::uint8_t, 64> bytes{};
  bytes.fill(number);
  std::array<std::uint8_t, 64> others{};
  others.fill(static_cast<std::uint8_t>(number + 128));
  return {crypto::SigningPublicKey(bytes), crypto::EncryptionPublicKey(others)};
}

inline std::string fingerprint_of(std::uint8_t number) {
  std::string text = "sha-256 ";
  for (int i = 0; i < 31; ++i) text += "AB:";
  return text + "0" + std::to_string(number % 10);
}

/// A node, the world as it has been told of it, and the rules that its outputs keep to.
class Subject {
 public:
  struct LinkSide {
    PeerId peer;
    bool is_described = false;
    bool is_open = false;
  };

  Subject(std::uint8_t number, const NodeOptions& options, Notary& notary)
      : number_(number),
        options_(options),
        notary_(notary),
        node_(Node::create(options, keys_of(number), Random::from_number(number)).value()) {}

  Node& node() { return node_; }
  std::uint8_t number() const { return number_; }
  PeerId id() const { return node_.peer_id(); }
  std::string sdp() const { return "v=0\r\na=fingerprint:" + fingerprint_of(number_) + "\r\n"; }

  /// Takes what the node wants, and checks that it makes sense.
  void observe(Now now) {
    for (Output& output : node_.take_outputs()) {
      std::visit([&](auto& typed) { check(typed, now); }, output);
    }
    check_status(now);
  }

  void handle_timeout(Now now) {
    node_.handle_timeout(now);
    observe(now);
    PIGEON_ASSERT(node_.next_timeout() > now.monotonic);
  }

  /// The answer that is right, or one of another kind.
  void answer(std::size_t at, std::size_t kind, Now now) {
    const auto found = std::next(requests.begin(), static_cast<std::ptrdiff_t>(at));
    const crypto::Request request = *found;
    requests.erase(found);
    crypto::Answer answer = answer_to(request.operation);
    if (kind == 1) answer = std::monostate();
    if (kind == 2) answer = crypto::SignatureBytes{};
    if (kind == 3) answer = std::string("\"x\"");
    if (kind == 4) answer = crypto::SealedText{};
    if (kind == 5) answer = false;
    node_.handle(crypto::Done{request.ticket, std::move(answer)}, now);
    last_ticket_ = request.ticket;
    observe(now);
  }
  /// For a ticket that is used up, or was never given.
  void answer_unknown(bool is_used_up, Now now) {
    const crypto::Ticket ticket = is_used_up ? last_ticket_ : crypto::Ticket{1ULL << 40U};
    node_.handle(crypto::Done{ticket, true}, now);
    observe(now);
  }

  /// True: the WebSocket is open.
  std::map<signaling::HubKey, bool> hubs;
  std::map<LinkId, LinkSide> links;
  std::deque<crypto::Request> requests;
  /// Links that want to know when they are drained.
  std::vector<LinkId> drains;
  /// What it has sent on channels; the last of them.
  std::deque<std::string> sent;
  std::set<StreamId> streams;

 private:
  crypto::Answer answer_to(const crypto::Operation& operation) {
    if (const auto* sign = std::get_if<crypto::SignRequest>(&operation)) {
      return notary_.sign(keys_of(number_).signing, sign->text);
    }
    if (const auto* verify = std::get_if<crypto::VerifyRequest>(&operation)) {
      return notary_.verify(*verify);
    }
    if (const auto* seal = std::get_if<crypto::SealRequest>(&operation)) {
      return crypto::SealedText{Bytes(seal->text.begin(), seal->text.end()), {}, {}};
    }
    const auto& sealed = std::get<crypto::OpenRequest>(operation).sealed;
    return std::string(as_text(sealed.ciphertext));
  }

  void check_status(Now now) {
    const NodeStatus status = node_.status();
    PIGEON_ASSERT(status.total_peer_count <= 51);
    PIGEON_ASSERT(status.discovered_count <= options_.limits.discovered_max);
    PIGEON_ASSERT(status.hubs.size() <= 16);
    PIGEON_ASSERT(requests.size() <= options_.limits.parked_count_max);
    const auto peers = node_.peers(now);
    PIGEON_ASSERT(peers.size() == links.size());
    std::size_t up = 0;
    std::set<PeerId> names;
    for (const PeerStatus& peer : peers) {
      PIGEON_ASSERT(names.insert(peer.peer).second);
      if (peer.state == PeerState::connected) ++up;
      PIGEON_ASSERT(peer.state == PeerState::connected || !connected_.contains(peer.peer));
      PIGEON_ASSERT(!peer.is_verified ||
                    notary_.has_signed(peer.peer, {"pigeon-link-1", id().to_text()}));
    }
    PIGEON_ASSERT(up == connected_.size());
    PIGEON_ASSERT(up == status.connected_count);
  }

  LinkSide& at(LinkId link) {
    PIGEON_ASSERT(links.contains(link));
    return links.at(link);
  }

  void check(const signaling::OpenHub& output, Now /*now*/) {
    PIGEON_ASSERT(hubs.emplace(output.hub, false).second);
  }
  void check(const signaling::SendToHub& output, Now /*now*/) {
    PIGEON_ASSERT(hubs.contains(output.hub));
    PIGEON_ASSERT(hubs.at(output.hub));
  }
  void check(const signaling::CloseHub& output, Now /*now*/) {
    PIGEON_ASSERT(hubs.erase(output.hub) == 1);
  }
  void add(LinkId link, const PeerId& peer) {
    PIGEON_ASSERT(link > last_link_);
    PIGEON_ASSERT(peer != id());
    last_link_ = link;
    links.emplace(link, LinkSide{.peer = peer});
  }
  void check(const DialLink& output, Now /*now*/) { add(output.link, output.peer); }
  void check(const AcceptLink& output, Now /*now*/) { add(output.link, output.peer); }
  void check(const ApplyDescription& output, Now /*now*/) { at(output.link); }
  void check(const ApplyCandidate& output, Now /*now*/) { at(output.link); }
  void check(const CloseLink& output, Now /*now*/) {
    at(output.link);
    links.erase(output.link);
    std::erase(drains, output.link);
  }
  void check(const SendText& output, Now /*now*/) {
    PIGEON_ASSERT(!output.links.empty());
    for (const LinkId link : output.links) PIGEON_ASSERT(at(link).is_open);
    sent.push_back(output.text);
    if (sent.size() > 32) sent.pop_front();
  }
  void check(const SendBinary& output, Now /*now*/) { PIGEON_ASSERT(at(output.link).is_open); }
  void check(const NotifyDrained& output, Now /*now*/) {
    PIGEON_ASSERT(at(output.link).is_open);
    drains.push_back(output.link);
  }
  void check(const crypto::Request& output, Now /*now*/) {
    PIGEON_ASSERT(output.ticket > highest_ticket_);
    highest_ticket_ = output.ticket;
    requests.push_back(output);
  }
  void check(const Emit& output, Now now) {
    std::visit([&](const auto& event) { hear(event, now); }, output.event);
  }

  // ---- What the application hears

  template <class Other>
  void hear(const Other& /*event*/, Now /*now*/) {}
  void hear(const pigeon::PeerConnected& event, Now /*now*/) {
    PIGEON_ASSERT(connected_.insert(event.peer).second);
  }
  void hear(const PeerDisconnected& event, Now /*now*/) {
    PIGEON_ASSERT(connected_.erase(event.peer) == 1);
  }
  void hear(const pigeon::PeerDiscovered& event, Now /*now*/) { PIGEON_ASSERT(event.peer != id()); }
  void hear(const MessageReceived& event, Now now) {
    // As long as the cache of ids remembers them.
    const auto [told, is_new] = told_.try_emplace({event.from, event.id}, now.monotonic);
    PIGEON_ASSERT(is_new || now.monotonic - told->second >= std::chrono::minutes(15));
    told->second = now.monotonic;
    if (event.from == id() || !event.verified) return;
    std::vector<std::string> parts = {"\"from\":\"" + event.from.to_text() + "\""};
    if (event.direct) parts.push_back("\"to\":\"" + id().to_text() + "\"");
    parts.push_back("\"timestamp\":" + std::to_string(event.timestamp));
    PIGEON_ASSERT(notary_.has_signed(event.from, parts));
  }
  void hear(const StreamReceived& event, Now /*now*/) {
    PIGEON_ASSERT(event.broadcast ? event.peer != id() : connected_.contains(event.peer));
    PIGEON_ASSERT(streams.insert(event.stream).second);
  }
  void hear(const StreamCompleted& event, Now /*now*/) {
    PIGEON_ASSERT(streams.erase(event.stream) == 1);
  }
  void hear(const StreamAborted& event, Now /*now*/) {
    PIGEON_ASSERT(streams.erase(event.stream) == 1);
  }

  std::uint8_t number_;
  NodeOptions options_;
  Notary& notary_;
  Node node_;
  LinkId last_link_{};
  crypto::Ticket last_ticket_{};
  crypto::Ticket highest_ticket_{};
  std::set<PeerId> connected_;
  std::map<std::pair<PeerId, MessageId>, Instant> told_;
};

}  // namespace pigeon::fuzz
