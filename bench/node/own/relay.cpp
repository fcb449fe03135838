// Broadcasts through one core. What the neighbors send is made beforehand, and what goes out to
// them is dropped, as in reference.mjs.
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/base64.hpp"
#include "bench/load/clock.hpp"
#include "bench/node/own/measure.hpp"
#include "node/node.hpp"
#include "suite/answerer.hpp"
#include "suite/node_identity.hpp"
#include "wire/peer_message.hpp"
#include "wire/server_message.hpp"

namespace pigeon::bench {

namespace {

constexpr std::size_t neighbor_count = 8;
constexpr std::int64_t wall_ms = 1'700'000'000'000;

suite::NodeIdentity make_identity(std::uint64_t number) {
  auto identity = suite::NodeIdentity::from_random(Random::from_number(number));
  if (!identity) throw std::runtime_error("no keys");
  return std::move(identity).value();
}

NodeOptions without_limits() {
  NodeOptions options;
  options.limits.messages_per_second = 10'000'000;
  options.limits.messages_burst = 100'000'000;
  options.limits.bytes_per_second = 60'000'000;
  options.limits.bytes_burst = 4'000'000'000;
  return options;
}

/// One node with eight neighbors that are only names.
class Relay {
 public:
  explicit Relay(bool verifies) : identity_(make_identity(1)), node_(make_node(verifies)) {
    if (!node_.connect("ws://hub.example", now_)) throw std::runtime_error("no hub");
    drain();
    node_.handle(node::HubOpened{hub_}, now_);
    drain();
    for (std::size_t i = 0; i < neighbor_count; ++i) add_neighbor();
    if (links_.size() != neighbor_count) throw std::runtime_error("not all neighbors were let in");
  }

  const PeerId& neighbor(std::size_t i) const { return neighbors_[i]; }

  void receive(std::size_t i, const std::string& text) {
    node_.handle(node::LinkText{links_[i], text}, now_);
    drain();
  }
  NodeStatus status() const { return node_.status(); }

 private:
  node::Node make_node(bool verifies) {
    NodeOptions options = without_limits();
    options.enable_crypto = verifies;
    auto made = node::Node::create(
        options,
        node::NodeKeys{identity_.signing().public_key(), identity_.encryption().public_key()},
        Random::from_number(2));
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(made).value();
  }

  void add_neighbor() {
    const PeerId peer = random_.id<PeerId>();
    const std::string from = peer.to_text();
    const std::string to = node_.peer_id().to_text();
    const std::string offer = wire::encode(
        wire::RelayedSignal{.type = wire::SignalType::offer,
                            .data = R"({"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"})",
                            .from = from,
                            .to = to,
                            .network = "global",
                            .timestamp = wall_ms});
    neighbors_.push_back(peer);
    node_.handle(node::HubText{hub_, offer}, now_);
    drain();
  }

  /// Does what the core wants, as far as it concerns this program.
  void drain() {
    std::vector<node::Output> outputs = node_.take_outputs();
    while (!outputs.empty()) {
      for (node::Output& output : outputs) {
        if (const auto* open = std::get_if<signaling::OpenHub>(&output)) hub_ = open->hub;
        if (const auto* accept = std::get_if<node::AcceptLink>(&output)) {
          links_.push_back(accept->link);
          node_.handle(node::LinkOpened{accept->link}, now_);
        }
        if (const auto* request = std::get_if<crypto::Request>(&output)) {
          node_.handle(
              crypto::Done{request->ticket, answerer_.answer(request->operation, identity_)}, now_);
        }
      }
      outputs = node_.take_outputs();
    }
  }

  Now now_{.monotonic = Instant(1h), .wall_ms = wall_ms};
  Random random_ = Random::from_number(3);
  suite::NodeIdentity identity_;
  suite::Answerer answerer_;
  node::Node node_;
  signaling::HubKey hub_{};
  std::vector<PeerId> neighbors_;
  std::vector<node::LinkId> links_;
};

/// Broadcasts of one sender, as they reach each of the neighbors.
class Messages {
 public:
  explicit Messages(const OwnNodeSettings& settings)
      : identity_(make_identity(9)),
        content_('"' + std::string(settings.content_bytes, 'x') + '"') {}

  std::string make(bool is_signed, const PeerId& by) {
    wire::OutgoingGossip message{.id = random_.id<MessageId>(),
                                 .subtype = "chat",
                                 .content = content_,
                                 .from = identity_.peer_id(),
                                 .network = "global",
                                 .timestamp = wall_ms};
    std::string key;
    std::string signature;
    if (is_signed) {
      const auto text = wire::signed_text(message, reader_);
      const auto made = text ? identity_.signing().sign(as_bytes(*text))
                             : Result<suite::Signature, suite::SuiteError>(
                                   Unexpected(suite::SuiteError::library_failure));
      if (!made) throw std::runtime_error("a message could not be signed");
      key = identity_.signing().public_key().to_text();
      signature = encode_base64url(*made);
      message.proof = wire::MessageProof{key, signature};
    }
    last_ = wire::encode(message);
    return passed_on(by);
  }

  /// The message made last, as another neighbor passes it on.
  std::string passed_on(const PeerId& by) {
    const auto decoded = wire::decode_peer_message(last_, reader_);
    return wire::encode_forward(std::get<wire::GossipMessage>(*decoded), by, false);
  }

 private:
  suite::NodeIdentity identity_;
  std::string content_;
  std::string last_;
  Random random_ = Random::from_number(4);
  wire::JsonReader reader_;
};

}  // namespace

boost::json::object own_relay(const OwnNodeSettings& settings) {
  Relay relay(settings.verifies);
  Messages messages(settings);
  std::vector<std::string> texts;
  texts.reserve(settings.count * settings.copies);
  for (std::size_t i = 0; i < settings.count; ++i) {
    texts.push_back(messages.make(settings.verifies, relay.neighbor(0)));
    for (std::size_t copy = 1; copy < settings.copies; ++copy) {
      texts.push_back(messages.passed_on(relay.neighbor(copy)));
    }
  }
  const std::int64_t before = now_ns();
  for (std::size_t i = 0; i < texts.size(); ++i) relay.receive(i % settings.copies, texts[i]);
  const double seconds = static_cast<double>(now_ns() - before) / 1e9;

  const NodeCounters counters = relay.status().counters;
  if (counters.delivered != settings.count ||
      counters.forwarded != settings.count * (neighbor_count - 1)) {
    throw std::runtime_error("not every message was delivered and passed on to seven");
  }
  return {{"messages_per_second", static_cast<double>(texts.size()) / seconds},
          {"broadcasts_per_second", static_cast<double>(settings.count) / seconds},
          {"checked", counters.signatures_checked}};
}

}  // namespace pigeon::bench
