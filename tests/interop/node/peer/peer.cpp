#include "tests/interop/node/peer/peer.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include "tests/interop/node/peer/tell.hpp"

namespace pigeon::interop {
namespace {

namespace json = boost::json;

std::string_view text_of(const json::object& command, std::string_view field) {
  return command.at(field).as_string();
}

/// All zero if it is no id.
PeerId peer_of(const json::object& command) {
  return PeerId::parse(text_of(command, "to")).value_or(PeerId());
}

Bytes content_of(const json::object& command) {
  return content({.seed = command.at("seed").to_number<std::uint32_t>(),
                  .bytes = command.at("bytes").to_number<std::size_t>()},
                 0);
}

Result<json::value, NodeError> answer(const Result<void, NodeError>& done) {
  if (!done) return Unexpected(done.error());
  return json::value();
}

Result<json::value, NodeError> answer(const Result<std::string, NodeError>& made) {
  if (!made) return Unexpected(made.error());
  return json::value(*made);
}

Result<json::value, NodeError> answer(const Result<MessageId, NodeError>& sent) {
  if (!sent) return Unexpected(sent.error());
  return json::value(sent->to_text());
}

}  // namespace

std::optional<std::string> Peer::start(const NodeOptions& options) {
  auto node = Node::create(options, [this](NodeEvent event) { events_.push(std::move(event)); });
  if (!node) return node.error().message;
  node_.emplace(*std::move(node));
  return std::nullopt;
}

void Peer::tell_events() {
  for (const NodeEvent& event : events_.take()) tell(event);
}

void Peer::tell(const NodeEvent& event) {
  transfers_.follow(*node_, event);
  json::object told = describe(event);
  if (told.empty()) return;
  if (const auto* completed = std::get_if<StreamCompleted>(&event)) {
    if (const auto digest = transfers_.finish(completed->stream)) told["sha256"] = *digest;
  } else if (const auto* aborted = std::get_if<StreamAborted>(&event)) {
    transfers_.finish(aborted->stream);
  }
  print({{"event", std::move(told)}});
}

void Peer::obey(std::string_view line) {
  const json::object command = json::parse(line).as_object();
  const Answer done = run(text_of(command, "do"), command);
  json::object reply{{"call", command.at("call")}};
  if (done) {
    reply["result"] = *done;
  } else {
    reply["error"] = done.error().message;
  }
  print(reply);
}

Peer::Answer Peer::run(std::string_view what, const json::object& command) {
  if (what == "connect") return answer(node_->connect(text_of(command, "url")));
  if (what == "link") return answer(node_->connect_to_peer(peer_of(command)));
  if (what == "drop") return answer(node_->disconnect_peer(peer_of(command)));
  if (what == "links") return links();
  if (what == "known") return known();
  if (what == "status") return json::value(describe(node_->status()));
  if (what == "set_max_peers") {
    return json::value(node_->set_max_peers(command.at("count").to_number<std::size_t>()));
  }
  if (what == "leave") {
    node_->disconnect();
    return json::value();
  }
  if (what == "quit") {
    has_quit_ = true;
    return json::value();
  }
  return run_message(what, command);
}

Peer::Answer Peer::run_message(std::string_view what, const json::object& command) {
  if (what == "broadcast") return answer(node_->send_message(text_of(command, "text")));
  if (what == "to_group") {
    return answer(
        node_->send_encrypted_broadcast(text_of(command, "group"), text_of(command, "text")));
  }
  if (what == "generate_group_key") {
    return answer(node_->generate_group_key(text_of(command, "group")));
  }
  if (what == "add_group_key") {
    return answer(node_->add_group_key(text_of(command, "group"), text_of(command, "key")));
  }
  if (what == "encrypt") return encrypt(command);
  if (what == "decrypt") {
    const auto content = node_->decrypt(text_of(command, "json"));
    if (!content) return Unexpected(content.error());
    return json::parse(content->json);
  }
  if (what == "broadcast_file") return send_file(command);
  const PeerId to = peer_of(command);
  if (what == "direct") return answer(node_->send_direct_message(to, text_of(command, "text")));
  if (what == "direct_json") {
    return answer(node_->send_direct_json(to, json::serialize(command.at("content"))));
  }
  if (what == "encrypted") {
    return answer(node_->send_encrypted_message(to, text_of(command, "text")));
  }
  if (what == "binary") return answer(node_->send_binary(to, content_of(command)));
  if (what == "file") return send_file(command);
  return Unexpected(NodeError{NodeErrorKind::bad_argument, "Unknown command."});
}

Peer::Answer Peer::encrypt(const json::object& command) {
  const std::string_view text = text_of(command, "text");
  if (command.contains("group")) {
    return answer(node_->encrypt_for_group(text_of(command, "group"), text));
  }
  if (command.contains("to")) return answer(node_->encrypt_for_peer(peer_of(command), text));
  return answer(node_->encrypt(text));
}

Peer::Answer Peer::send_file(const json::object& command) {
  StreamInfo info{.type = "file",
                  .filename = std::string(text_of(command, "filename")),
                  .mime_type = "application/octet-stream"};
  if (!command.contains("to")) {
    return answer(transfers_.broadcast(*node_, std::move(info), content_of(command)));
  }
  return answer(transfers_.send(*node_, peer_of(command), std::move(info), content_of(command)));
}

json::value Peer::links() const {
  json::array ids;
  for (const PeerStatus& peer : node_->peers()) {
    if (peer.state == PeerState::connected) {
      ids.push_back(json::object{{"peer", peer.peer.to_text()}, {"offered", peer.is_initiator}});
    }
  }
  return ids;
}

json::value Peer::known() const {
  json::array ids;
  for (const DiscoveredPeer& peer : node_->discovered_peers()) {
    ids.emplace_back(peer.peer.to_text());
  }
  return ids;
}

}  // namespace pigeon::interop
