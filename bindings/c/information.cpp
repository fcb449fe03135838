#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "bindings/c/error.hpp"
#include "bindings/c/handles.hpp"

namespace pigeon::c {

namespace {

pigeon_peer_state state_of(PeerState state) {
  switch (state) {
    case PeerState::connecting:
      return PIGEON_PEER_CONNECTING;
    case PeerState::channel_connecting:
      return PIGEON_PEER_CHANNEL_CONNECTING;
    case PeerState::connected:
      break;
  }
  return PIGEON_PEER_IS_CONNECTED;
}

pigeon_peer view(const PeerStatus& status, const char* peer) {
  return {.peer = peer,
          .state = state_of(status.state),
          .is_initiator = status.is_initiator,
          .is_verified = status.is_verified,
          .is_capable = status.is_capable,
          .connected_for_ms = status.connected_for_ms};
}

pigeon_discovered_peer view(const DiscoveredPeer& known, const char* peer) {
  return {.peer = peer,
          .distance = known.distance.c_str(),
          .is_connecting = known.is_connecting,
          .is_connected = known.is_connected};
}

pigeon_counters view_counters(const NodeCounters& counters) {
  return {.messages_received = counters.messages_received,
          .messages_sent = counters.messages_sent,
          .delivered = counters.delivered,
          .forwarded = counters.forwarded,
          .duplicates = counters.duplicates,
          .malformed = counters.malformed,
          .stale = counters.stale,
          .forged = counters.forged,
          .over_rate = counters.over_rate,
          .unsent = counters.unsent,
          .unparked = counters.unparked,
          .unknown = counters.unknown,
          .dead_ends = counters.dead_ends,
          .links_opened = counters.links_opened,
          .links_lost = counters.links_lost,
          .links_failed = counters.links_failed,
          .signatures_checked = counters.signatures_checked};
}

/// What a list in C holds: the entries, and what they point at. Stays where it is.
template <class Entry, class Source>
class List {
 public:
  explicit List(std::vector<Source> sources) : sources_(std::move(sources)) {
    names_.reserve(sources_.size());
    entries_.reserve(sources_.size());
    for (const Source& source : sources_) {
      names_.push_back(source.peer.to_text());
      entries_.push_back(view(source, names_.back().c_str()));
    }
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() = default;

  std::size_t size() const { return entries_.size(); }
  const Entry* at(std::size_t index) const {
    return index < entries_.size() ? &entries_[index] : nullptr;
  }

 private:
  std::vector<Source> sources_;
  std::vector<std::string> names_;
  std::vector<Entry> entries_;
};

/// A status in C with all that it points at. Stays where it is.
class Status : public pigeon_status {
 public:
  explicit Status(NodeStatus status)
      : pigeon_status{},
        source_(std::move(status)),
        id_(source_.peer_id.to_text()),
        c_counters_(view_counters(source_.counters)) {
    for (const std::string& url : source_.hubs) urls_.push_back(url.c_str());
    for (const std::string& group : source_.groups) group_names_.push_back(group.c_str());
    peer_id = id_.c_str();
    public_key = source_.public_key.c_str();
    encryption_key = source_.encryption_key.c_str();
    is_connected = source_.is_connected;
    hubs = urls_.data();
    hub_count = urls_.size();
    network = source_.network.c_str();
    original_network = source_.original_network.c_str();
    is_in_fallback = source_.is_in_fallback;
    connected_count = source_.connected_count;
    total_peer_count = source_.total_peer_count;
    discovered_count = source_.discovered_count;
    min_peers = source_.min_peers;
    max_peers = source_.max_peers;
    auto_discovery = source_.auto_discovery;
    eviction_strategy = source_.eviction_strategy;
    xor_routing = source_.xor_routing;
    allow_global_fallback = source_.allow_global_fallback;
    counters = &c_counters_;
    groups = group_names_.data();
    group_count = group_names_.size();
  }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  ~Status() = default;

 private:
  NodeStatus source_;
  std::string id_;
  pigeon_counters c_counters_;
  std::vector<const char*> urls_;
  std::vector<const char*> group_names_;
};

}  // namespace

}  // namespace pigeon::c

struct pigeon_peer_list : pigeon::c::List<pigeon_peer, pigeon::PeerStatus> {
  using List::List;
};

struct pigeon_discovered_list : pigeon::c::List<pigeon_discovered_peer, pigeon::DiscoveredPeer> {
  using List::List;
};

using pigeon::Node;
using pigeon::c::Done;

pigeon_error_kind pigeon_node_peer_id(const pigeon_node* node, char* peer_id,
                                      pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) -> Done {
    if (peer_id == nullptr) return pigeon::c::missing("peer_id");
    std::memcpy(peer_id, on.peer_id().to_text().c_str(), PIGEON_PEER_ID_SIZE);
    return {};
  });
}

// ---- Status

pigeon_error_kind pigeon_node_status(const pigeon_node* node, const pigeon_status** status,
                                     pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) -> Done {
    if (status == nullptr) return pigeon::c::missing("status");
    *status = new pigeon::c::Status(on.status());
    return {};
  });
}

void pigeon_status_free(const pigeon_status* status) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-static-cast-downcast): only `Status` is given out.
  delete static_cast<const pigeon::c::Status*>(status);
}

// ---- Lists

pigeon_error_kind pigeon_node_peers(const pigeon_node* node, pigeon_peer_list** peers,
                                    pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) -> Done {
    if (peers == nullptr) return pigeon::c::missing("peers");
    *peers = new pigeon_peer_list(on.peers());
    return {};
  });
}

size_t pigeon_peer_list_size(const pigeon_peer_list* list) {
  return list != nullptr ? list->size() : 0;
}

const pigeon_peer* pigeon_peer_list_at(const pigeon_peer_list* list, size_t index) {
  return list != nullptr ? list->at(index) : nullptr;
}

void pigeon_peer_list_free(pigeon_peer_list* list) { delete list; }

pigeon_error_kind pigeon_node_discovered_peers(const pigeon_node* node,
                                               pigeon_discovered_list** peers,
                                               pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](const Node& on) -> Done {
    if (peers == nullptr) return pigeon::c::missing("peers");
    *peers = new pigeon_discovered_list(on.discovered_peers());
    return {};
  });
}

size_t pigeon_discovered_list_size(const pigeon_discovered_list* list) {
  return list != nullptr ? list->size() : 0;
}

const pigeon_discovered_peer* pigeon_discovered_list_at(const pigeon_discovered_list* list,
                                                        size_t index) {
  return list != nullptr ? list->at(index) : nullptr;
}

void pigeon_discovered_list_free(pigeon_discovered_list* list) { delete list; }
