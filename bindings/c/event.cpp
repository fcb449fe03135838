#include "bindings/c/event.hpp"

#include <string>
#include <type_traits>
#include <variant>

#include "bindings/c/stream_info.hpp"

namespace pigeon::c {

namespace {

/// Turns each event into its form in C. What that points at is in the event or on the stack.
class Teller {
 public:
  Teller(pigeon_on_event on_event, void* user_data) : on_event_(on_event), user_data_(user_data) {}

  // ---- Hubs and namespaces

  void operator()(const HubStatusChanged& status) const {
    tell_one(PIGEON_EVENT_HUB_STATUS, &pigeon_event::hub_status,
             {.url = status.url.c_str(),
              .state = state_of(status.state),
              .reason = status.reason.c_str(),
              .retry_in_ms = status.retry_in_ms});
  }
  void operator()(const NetworkChanged& change) const {
    tell_one(PIGEON_EVENT_NETWORK_CHANGED, &pigeon_event::network,
             {.network = change.network.c_str(), .is_fallback = change.is_fallback});
  }
  void operator()(const NodeWarning& warning) const {
    tell_one(PIGEON_EVENT_WARNING, &pigeon_event::warning, {.message = warning.message.c_str()});
  }

  // ---- Peers

  void operator()(const PeerDiscovered& event) const {
    tell_peer(PIGEON_EVENT_PEER_DISCOVERED, event.peer);
  }
  void operator()(const PeerConnected& event) const {
    tell_peer(PIGEON_EVENT_PEER_CONNECTED, event.peer);
  }
  void operator()(const PeerDisconnected& event) const {
    tell_peer(PIGEON_EVENT_PEER_DISCONNECTED, event.peer, {.reason = event.reason.c_str()});
  }
  void operator()(const PeerEvicted& event) const {
    tell_peer(PIGEON_EVENT_PEER_EVICTED, event.peer,
              {.reason = event.reason.c_str(), .initiated_by_peer = event.initiated_by_peer});
  }
  void operator()(const PeerVerified& event) const {
    tell_peer(PIGEON_EVENT_PEER_VERIFIED, event.peer);
  }
  void operator()(const PeerKeyAdded& event) const {
    tell_peer(PIGEON_EVENT_PEER_KEY_ADDED, event.peer, {.public_key = event.public_key.c_str()});
  }
  void operator()(const ConnectFailed& event) const {
    tell_peer(PIGEON_EVENT_CONNECT_FAILED, event.peer, {.reason = event.reason.c_str()});
  }

  // ---- Messages

  void operator()(const MessageReceived& message) const {
    const std::string from = message.from.to_text();
    const std::string id = message.id.to_text();
    tell_one(PIGEON_EVENT_MESSAGE, &pigeon_event::message,
             {.from = from.c_str(),
              .id = id.c_str(),
              .text = message.text.c_str(),
              .text_size = message.text.size(),
              .json = message.json.c_str(),
              .json_size = message.json.size(),
              .timestamp = message.timestamp,
              .hops = message.hops,
              .direct = message.direct,
              .encrypted = message.encrypted,
              .verified = message.verified,
              .group = message.group.c_str()});
  }
  void operator()(const MessageDelivered& event) const {
    tell_delivery(PIGEON_EVENT_MESSAGE_DELIVERED, event.id, event.to, "");
  }
  void operator()(const MessageUndelivered& event) const {
    tell_delivery(PIGEON_EVENT_MESSAGE_UNDELIVERED, event.id, event.to, event.reason.c_str());
  }
  void operator()(const BinaryReceived& event) const {
    const std::string from = event.from.to_text();
    tell_one(PIGEON_EVENT_BINARY, &pigeon_event::binary,
             {.from = from.c_str(), .data = event.data.data(), .size = event.data.size()});
  }

  // ---- Streams

  void operator()(const StreamReceived& event) const {
    const pigeon_stream_info info = view_stream_info(event.info);
    tell_stream(PIGEON_EVENT_STREAM_RECEIVED, event,
                {.info = &info,
                 .offset = event.offset,
                 .broadcast = event.broadcast,
                 .verified = event.verified});
  }
  void operator()(const StreamData& event) const {
    tell_stream(PIGEON_EVENT_STREAM_DATA, event,
                {.data = event.data.data(), .size = event.data.size()});
  }
  void operator()(const StreamWritable& event) const {
    tell_stream(PIGEON_EVENT_STREAM_WRITABLE, event, {.size = event.bytes, .offset = event.offset});
  }
  void operator()(const StreamCompleted& event) const {
    tell_stream(PIGEON_EVENT_STREAM_COMPLETED, event, {.total_bytes = event.total_bytes});
  }
  void operator()(const StreamAborted& event) const {
    tell_stream(PIGEON_EVENT_STREAM_ABORTED, event, {.reason = event.reason.c_str()});
  }

 private:
  static pigeon_hub_state state_of(HubStatusChanged::State state) {
    switch (state) {
      case HubStatusChanged::State::connecting:
        return PIGEON_HUB_CONNECTING;
      case HubStatusChanged::State::connected:
        return PIGEON_HUB_CONNECTED;
      case HubStatusChanged::State::disconnected:
        break;
    }
    return PIGEON_HUB_DISCONNECTED;
  }

  /// `member` is the one that the type comes with.
  template <class Member>
  void tell_one(pigeon_event_type type, Member pigeon_event::*member,
                const std::type_identity_t<Member>& value) const {
    pigeon_event event{};
    event.type = type;
    event.*member = value;
    on_event_(user_data_, &event);
  }

  /// `rest` is the event without what all of its kind have.
  void tell_peer(pigeon_event_type type, const PeerId& peer, pigeon_peer_event rest = {}) const {
    const std::string text = peer.to_text();
    rest.peer = text.c_str();
    if (rest.reason == nullptr) rest.reason = "";
    if (rest.public_key == nullptr) rest.public_key = "";
    tell_one(type, &pigeon_event::peer, rest);
  }
  void tell_delivery(pigeon_event_type type, const MessageId& message, const PeerId& to,
                     const char* reason) const {
    const std::string id = message.to_text();
    const std::string target = to.to_text();
    tell_one(type, &pigeon_event::delivery,
             {.id = id.c_str(), .to = target.c_str(), .reason = reason});
  }
  template <class StreamEvent>
  void tell_stream(pigeon_event_type type, const StreamEvent& event,
                   pigeon_stream_event rest) const {
    const std::string peer = event.peer.to_text();
    rest.peer = peer.c_str();
    rest.stream = static_cast<pigeon_stream_id>(event.stream);
    if (rest.reason == nullptr) rest.reason = "";
    tell_one(type, &pigeon_event::stream, rest);
  }

  pigeon_on_event on_event_;
  void* user_data_;
};

}  // namespace

void tell(const NodeEvent& event, pigeon_on_event on_event, void* user_data) {
  std::visit(Teller(on_event, user_data), event);
}

}  // namespace pigeon::c
