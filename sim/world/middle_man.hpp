#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/world/link_network.hpp"
#include "sim/world/mesh_node.hpp"
#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"

namespace pigeon::sim {

/// Sits between pairs of nodes with the help of a lying hub: answers the offers of one with a
/// certificate of its own, makes one to the other, and passes everything on that they say.
class MiddleMan final : public LinkOwner {
 public:
  /// Says something to the node `to`, as the hub does.
  using Say = std::function<void(const PeerId& to, std::string_view text)>;

  MiddleMan(LinkNetwork& network, Say say);

  /// Takes a signal that the hub has for a node. True: it is kept back. `wants_more`: sits down
  /// between more pairs.
  bool intercept(const wire::RelayedSignal& signal, bool wants_more);
  std::uint64_t text_count() const { return text_count_; }

  void receive_link(const node::Input& input) override;

 private:
  /// One side of a meeting: its link with us, and whom it wants to talk to.
  struct Side {
    PeerId peer;
    PeerId wanted;
    node::LinkId other{};
    std::optional<rtc::SessionDescription> description;
    std::optional<rtc::IceCandidate> candidate;
    bool is_answered = false;
  };

  bool begin(const PeerId& caller, const PeerId& called, std::string_view data);
  bool take_answer(const PeerId& from, const PeerId& to, std::string_view data);
  bool take_candidate(const PeerId& from, const PeerId& to, std::string_view data);
  std::optional<node::LinkId> find(const PeerId& peer, const PeerId& wanted) const;
  void tell(Side& side);
  void say(const Side& side, wire::SignalType type, std::string_view data);

  LinkNetwork& network_;
  Say say_;
  OwnerId owner_;
  std::uint64_t next_link_ = 1;
  std::uint64_t text_count_ = 0;
  std::map<node::LinkId, Side> sides_;
  wire::JsonReader reader_;
};

}  // namespace pigeon::sim
