#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/c/error.hpp"
#include "bindings/c/event.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/options.hpp"
#include "bindings/c/stream_info.hpp"

namespace pigeon::c {

namespace {

Node::OnEvent receiver(pigeon_on_event on_event, void* user_data) {
  if (on_event == nullptr) return {};
  return [on_event, user_data](const NodeEvent& event) { tell(event, on_event, user_data); };
}

/// Not a copy: it would have a password in it.
const NodeOptions& options_or_defaults(const pigeon_node_options* options) {
  static const NodeOptions defaults;
  return options != nullptr ? options->options : defaults;
}

/// Gives the caller the name of a message that was sent.
Done give_id(const Result<MessageId, NodeError>& sent, char* id) {
  if (!sent) return Unexpected(sent.error());
  if (id != nullptr) std::memcpy(id, sent->to_text().c_str(), PIGEON_MESSAGE_ID_SIZE);
  return {};
}

/// Sends a text to a peer by one of the node's methods.
pigeon_error_kind send_to(pigeon_node* node, const char* to, const char* text, std::size_t size,
                          char* id, pigeon_error** error,
                          Result<MessageId, NodeError> (Node::*send)(const PeerId&,
                                                                     std::string_view)) noexcept {
  return with_peer(node, to, "to", error, [&](Node& from, const PeerId& peer) -> Done {
    if (text == nullptr) return missing("The message");
    return give_id((from.*send)(peer, {text, size}), id);
  });
}

/// The same to a group.
pigeon_error_kind send_to_group(
    pigeon_node* node, const char* group, const char* text, std::size_t size, char* id,
    pigeon_error** error,
    Result<MessageId, NodeError> (Node::*send)(std::string_view, std::string_view)) noexcept {
  return with_node(node, error, [&](Node& from) -> Done {
    if (group == nullptr) return missing("group");
    if (text == nullptr) return missing("The message");
    return give_id((from.*send)(group, {text, size}), id);
  });
}

/// Bytes may be NULL if there are none.
bool are_missing(const std::uint8_t* data, std::size_t size) {
  return data == nullptr && size != 0;
}

pigeon_error_kind set_count(pigeon_node* node, std::size_t count, std::size_t* in_force,
                            pigeon_error** error, std::size_t (Node::*set)(std::size_t)) noexcept {
  return with_node(node, error, [&](Node& on) -> Done {
    const std::size_t counts = (on.*set)(count);
    if (in_force != nullptr) *in_force = counts;
    return {};
  });
}

}  // namespace

}  // namespace pigeon::c

using pigeon::Node;
using pigeon::NodeLoop;
using pigeon::PeerId;
using pigeon::StreamId;
using pigeon::Unexpected;
using pigeon::c::Done;

// ---- Loops and nodes

pigeon_error_kind pigeon_loop_create(const pigeon_node_options* options, pigeon_loop** loop,
                                     pigeon_error** error) {
  return pigeon::c::guard(error, [&]() -> Done {
    if (loop == nullptr) return pigeon::c::missing("loop");
    auto made = NodeLoop::create(pigeon::c::options_or_defaults(options).addresses);
    if (!made) return Unexpected(made.error());
    *loop = new pigeon_loop{*std::move(made)};
    return {};
  });
}

void pigeon_loop_destroy(pigeon_loop* loop) { delete loop; }

pigeon_error_kind pigeon_node_create(const pigeon_loop* loop, const pigeon_node_options* options,
                                     pigeon_on_event on_event, void* user_data, pigeon_node** node,
                                     pigeon_error** error) {
  return pigeon::c::guard(error, [&]() -> Done {
    if (node == nullptr) return pigeon::c::missing("node");
    const auto& chosen = pigeon::c::options_or_defaults(options);
    auto receiver = pigeon::c::receiver(on_event, user_data);
    auto made = loop != nullptr ? Node::create(loop->loop, chosen, std::move(receiver))
                                : Node::create(chosen, std::move(receiver));
    if (!made) return Unexpected(made.error());
    *node = new pigeon_node{*std::move(made)};
    return {};
  });
}

void pigeon_node_destroy(pigeon_node* node) { delete node; }

// ---- The mesh

pigeon_error_kind pigeon_node_connect(pigeon_node* node, const char* hub_url,
                                      pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (hub_url == nullptr) return pigeon::c::missing("hub_url");
    return on.connect(hub_url);
  });
}

pigeon_error_kind pigeon_node_disconnect(pigeon_node* node, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [](Node& on) -> Done {
    on.disconnect();
    return {};
  });
}

pigeon_error_kind pigeon_node_connect_to_peer(pigeon_node* node, const char* peer,
                                              pigeon_error** error) {
  return pigeon::c::with_peer(node, peer, "peer", error,
                              [](Node& on, const PeerId& id) { return on.connect_to_peer(id); });
}

pigeon_error_kind pigeon_node_disconnect_peer(pigeon_node* node, const char* peer,
                                              pigeon_error** error) {
  return pigeon::c::with_peer(node, peer, "peer", error,
                              [](Node& on, const PeerId& id) { return on.disconnect_peer(id); });
}

pigeon_error_kind pigeon_node_set_max_peers(pigeon_node* node, size_t count, size_t* in_force,
                                            pigeon_error** error) {
  return pigeon::c::set_count(node, count, in_force, error, &Node::set_max_peers);
}

pigeon_error_kind pigeon_node_set_min_peers(pigeon_node* node, size_t count, size_t* in_force,
                                            pigeon_error** error) {
  return pigeon::c::set_count(node, count, in_force, error, &Node::set_min_peers);
}

pigeon_error_kind pigeon_node_set_flag(pigeon_node* node, pigeon_flag_option option, bool value,
                                       pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    switch (option) {
      case PIGEON_FLAG_ALLOW_GLOBAL_FALLBACK:
        on.set_allow_global_fallback(value);
        return {};
      case PIGEON_FLAG_AUTO_DISCOVERY:
        on.set_auto_discovery(value);
        return {};
      case PIGEON_FLAG_EVICTION_STRATEGY:
        on.set_eviction_strategy(value);
        return {};
      case PIGEON_FLAG_XOR_ROUTING:
        on.set_xor_routing(value);
        return {};
      default:
        return pigeon::c::bad_argument("This option cannot be set while the node runs.");
    }
  });
}

pigeon_error_kind pigeon_node_connect_to_all_peers(pigeon_node* node, size_t* count,
                                                   pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    const std::size_t calls = on.connect_to_all_peers();
    if (count != nullptr) *count = calls;
    return {};
  });
}

pigeon_error_kind pigeon_node_set_network(pigeon_node* node, const char* name,
                                          pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (name == nullptr) return pigeon::c::missing("name");
    return on.set_network(name);
  });
}

// ---- Messages

pigeon_error_kind pigeon_node_send_message(pigeon_node* node, const char* text, size_t size,
                                           char* id, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (text == nullptr) return pigeon::c::missing("The message");
    return pigeon::c::give_id(on.send_message({text, size}), id);
  });
}

pigeon_error_kind pigeon_node_send_direct_message(pigeon_node* node, const char* to,
                                                  const char* text, size_t size, char* id,
                                                  pigeon_error** error) {
  return pigeon::c::send_to(node, to, text, size, id, error, &Node::send_direct_message);
}

pigeon_error_kind pigeon_node_send_direct_json(pigeon_node* node, const char* to, const char* json,
                                               size_t size, char* id, pigeon_error** error) {
  return pigeon::c::send_to(node, to, json, size, id, error, &Node::send_direct_json);
}

pigeon_error_kind pigeon_node_send_encrypted_message(pigeon_node* node, const char* to,
                                                     const char* text, size_t size, char* id,
                                                     pigeon_error** error) {
  return pigeon::c::send_to(node, to, text, size, id, error, &Node::send_encrypted_message);
}

pigeon_error_kind pigeon_node_send_encrypted_json(pigeon_node* node, const char* to,
                                                  const char* json, size_t size, char* id,
                                                  pigeon_error** error) {
  return pigeon::c::send_to(node, to, json, size, id, error, &Node::send_encrypted_json);
}

pigeon_error_kind pigeon_node_send_encrypted_broadcast(pigeon_node* node, const char* group,
                                                       const char* text, size_t size, char* id,
                                                       pigeon_error** error) {
  return pigeon::c::send_to_group(node, group, text, size, id, error,
                                  &Node::send_encrypted_broadcast);
}

pigeon_error_kind pigeon_node_send_encrypted_broadcast_json(pigeon_node* node, const char* group,
                                                            const char* json, size_t size, char* id,
                                                            pigeon_error** error) {
  return pigeon::c::send_to_group(node, group, json, size, id, error,
                                  &Node::send_encrypted_broadcast_json);
}

pigeon_error_kind pigeon_node_send_binary(pigeon_node* node, const char* to, const uint8_t* data,
                                          size_t size, pigeon_error** error) {
  return pigeon::c::with_peer(node, to, "to", error, [&](Node& on, const PeerId& peer) -> Done {
    if (pigeon::c::are_missing(data, size)) return pigeon::c::missing("data");
    return on.send_binary(peer, std::span(data, size));
  });
}

pigeon_error_kind pigeon_node_broadcast_binary(pigeon_node* node, const uint8_t* data, size_t size,
                                               size_t* count, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (pigeon::c::are_missing(data, size)) return pigeon::c::missing("data");
    const std::size_t takers = on.broadcast_binary(std::span(data, size));
    if (count != nullptr) *count = takers;
    return {};
  });
}

// ---- Streams

pigeon_error_kind pigeon_node_open_stream(pigeon_node* node, const char* to,
                                          const pigeon_stream_info* info, pigeon_stream_id* stream,
                                          pigeon_error** error) {
  return pigeon::c::with_peer(node, to, "to", error, [&](Node& on, const PeerId& peer) -> Done {
    if (stream == nullptr) return pigeon::c::missing("stream");
    auto read = pigeon::c::read_stream_info(info);
    if (!read) return Unexpected(read.error());
    const auto opened = on.open_stream(peer, *std::move(read));
    if (!opened) return Unexpected(opened.error());
    *stream = static_cast<pigeon_stream_id>(*opened);
    return {};
  });
}

pigeon_error_kind pigeon_node_open_broadcast_stream(pigeon_node* node,
                                                    const pigeon_stream_info* info,
                                                    pigeon_stream_id* stream,
                                                    pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (stream == nullptr) return pigeon::c::missing("stream");
    auto read = pigeon::c::read_stream_info(info);
    if (!read) return Unexpected(read.error());
    const auto opened = on.open_broadcast_stream(*std::move(read));
    if (!opened) return Unexpected(opened.error());
    *stream = static_cast<pigeon_stream_id>(*opened);
    return {};
  });
}

pigeon_error_kind pigeon_node_write_stream(pigeon_node* node, pigeon_stream_id stream,
                                           const uint8_t* data, size_t size, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) -> Done {
    if (pigeon::c::are_missing(data, size)) return pigeon::c::missing("data");
    return on.write_stream(StreamId{stream}, std::vector<std::uint8_t>(data, data + size));
  });
}

pigeon_error_kind pigeon_node_end_stream(pigeon_node* node, pigeon_stream_id stream,
                                         pigeon_error** error) {
  return pigeon::c::with_node(node, error,
                              [&](Node& on) { return on.end_stream(StreamId{stream}); });
}

pigeon_error_kind pigeon_node_abort_stream(pigeon_node* node, pigeon_stream_id stream,
                                           const char* reason, pigeon_error** error) {
  return pigeon::c::with_node(node, error, [&](Node& on) {
    return on.abort_stream(StreamId{stream}, pigeon::c::text_or_empty(reason));
  });
}
