#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::sim {

/// A message as an application of upstream gets it.
struct UpstreamMessage {
  std::string id;
  PeerId from;
  /// JSON.
  std::string content;
  bool direct = false;
  std::size_t hops = 0;
};

/// A model of how the published 1.1.3 handles gossip and direct messages (PeerPigeon protocol, 5.2
/// to 5.4): floods what is for all, passes what is for one on to the one neighbor nearest to it,
/// and keeps every member that it does not know.
class UpstreamGossip {
 public:
  UpstreamGossip(const PeerId& self, Random random);

  /// One text for several neighbors.
  struct Sending {
    std::vector<PeerId> neighbors;
    std::string text;
  };
  /// What follows from a message.
  struct Outcome {
    std::optional<UpstreamMessage> delivery;
    std::vector<Sending> sendings;
    /// Content of a direct message that is for the client and not for its application.
    std::string internal;
  };

  Outcome receive(std::string_view text, const PeerId& from, const std::vector<PeerId>& neighbors,
                  Now now);
  /// A broadcast; `first` is its id.
  std::pair<std::string, Sending> broadcast(std::string_view text,
                                            const std::vector<PeerId>& neighbors, Now now);
  std::pair<std::string, Sending> direct(const PeerId& to, std::string_view text,
                                         const std::vector<PeerId>& neighbors, Now now);
  /// What is sent when a channel opens.
  Sending exchange_keys(const PeerId& neighbor, const std::vector<PeerId>& neighbors, Now now);

 private:
  struct Envelope {
    std::vector<std::pair<std::string, std::string>> members;

    std::string_view raw(std::string_view key) const;
    std::string text(std::string_view key) const;
  };

  std::optional<Envelope> read(std::string_view text);
  std::string type_of(std::string_view object);
  bool is_acceptable(const Envelope& message, std::int64_t ttl) const;
  bool remember(const std::string& id, Now now);
  bool deliver(const Envelope& message, Outcome& outcome);
  void answer_keys(const Envelope& message, const std::vector<PeerId>& neighbors, Now now,
                   Outcome& outcome);
  void forward(const Envelope& message, std::int64_t ttl, const PeerId& from,
               const std::vector<PeerId>& neighbors, Outcome& outcome) const;
  std::pair<std::string, std::string> make(std::string_view subtype, std::string_view content,
                                           const std::optional<PeerId>& to, Now now);
  std::string key_content(std::string_view type, Now now) const;

  PeerId self_;
  std::string self_text_;
  Random random_;
  std::string signing_key_;
  std::string encryption_key_;
  std::set<std::string> seen_;
  std::deque<std::pair<Instant, std::string>> seen_order_;
  std::set<std::string> known_keys_;
  wire::JsonReader reader_;
};

}  // namespace pigeon::sim
