#include "tests/support/peer_client.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/peer_id.hpp"
#include "base/random.hpp"

namespace pigeon::test {

namespace {

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string make_id(std::uint64_t number) {
  return Random::from_number(number).id<PeerId>().to_text();
}

std::string text_at(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(view(member));
  return value != nullptr && value->is_string() ? std::string(value->as_string().c_str())
                                                : std::string();
}

std::string subject_of(const json::object& message) {
  const json::value* data = message.if_contains("data");
  return data != nullptr && data->is_object() ? text_at(data->as_object(), "peerId") : "";
}

PeerClient::PeerClient(std::uint16_t port, std::string id, PeerOptions options)
    : id_(std::move(id)),
      options_(std::move(options)),
      socket_({.port = port, .source = options_.source, .receive_buffer = options_.receive_buffer},
              "/?peerId=" + id_) {}

void PeerClient::send(json::object message) {
  if (!message.contains("networkName")) message["networkName"] = options_.network;
  if (options_.max_peers && !message.contains("maxPeers")) {
    message["maxPeers"] = *options_.max_peers;
  }
  socket_.send_text(json::serialize(message));
}

void PeerClient::announce(json::object data) {
  if (!data.contains("peerId")) data["peerId"] = id_;
  send({{"type", "announce"}, {"data", std::move(data)}});
}

void PeerClient::signal(std::string_view type, std::string_view target, json::value data) {
  send({{"type", view(type)}, {"data", std::move(data)}, {"targetPeerId", view(target)}});
}

void PeerClient::receive(Deadline deadline) {
  json::value message = json::parse(socket_.receive_text(deadline));
  if (!message.is_object()) throw Failure("the hub sends something that is no object");
  inbox_.push_back(std::move(message.as_object()));
}

json::object PeerClient::expect(std::string_view type, Deadline deadline) {
  return expect(
      type, [](const json::object&) { return true; }, deadline);
}

json::object PeerClient::expect(std::string_view type, const Matches& matches, Deadline deadline) {
  for (std::size_t i = 0;; ++i) {
    try {
      while (i >= inbox_.size()) receive(deadline);
    } catch (const Failure& failure) {
      throw Failure("waiting for " + std::string(type) + ": " + failure.what());
    }
    if (text_at(inbox_[i], "type") != type || !matches(inbox_[i])) continue;
    json::object found = std::move(inbox_[i]);
    inbox_.erase(inbox_.begin() + static_cast<std::ptrdiff_t>(i));
    return found;
  }
}

json::object PeerClient::expect_about(std::string_view type, std::string_view subject,
                                      Deadline deadline) {
  return expect(
      type, [&](const json::object& message) { return subject_of(message) == subject; }, deadline);
}

void PeerClient::sync() {
  send({{"type", "ping"}});
  expect("pong");
}

std::size_t PeerClient::count(std::string_view type) const {
  return static_cast<std::size_t>(
      std::count_if(inbox_.begin(), inbox_.end(),
                    [&](const json::object& message) { return text_at(message, "type") == type; }));
}

}  // namespace pigeon::test
