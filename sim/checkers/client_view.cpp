#include "sim/checkers/client_view.hpp"

#include <variant>

namespace pigeon::sim {

std::optional<std::string> ClientView::receive(std::string_view text) {
  offer_from_.reset();
  last_was_signal_ = false;
  const auto message = wire::decode_server_message(text, reader_);
  check(message.has_value(), "is not a message", text);
  if (message) {
    std::visit([&](const auto& typed) { on(typed, text); }, *message);
  }
  return offer_from_;
}

void ClientView::check(bool holds, std::string_view what, std::string_view text) {
  // A broken hub would break its promise a thousand times: the first few tell enough.
  if (holds || violations_.size() >= 5) return;
  violations_.push_back(id_.substr(0, 8) + ": " + std::string(what) + ": " + std::string(text));
}

void ClientView::check_address(std::string_view to, std::string_view network,
                               std::string_view text) {
  check(is_connected_, "came before connected", text);
  check(to == id_, "is meant for another client", text);
  check(network == network_, "is of another namespace", text);
}

void ClientView::on(const wire::Connected& message, std::string_view text) {
  check(!is_connected_, "came twice", text);
  check(message.peer_id == id_, "names another client", text);
  is_connected_ = true;
}

void ClientView::on(const wire::PeerDiscovered& message, std::string_view text) {
  check_address(message.to, message.network, text);
  check(message.peer_id != id_, "introduces a client to itself", text);
  known_.emplace(message.peer_id);
}

void ClientView::on(const wire::PeerDisconnected& message, std::string_view text) {
  check_address(message.to, message.network, text);
  check(known_.erase(std::string(message.peer_id)) == 1, "is about an unknown peer", text);
}

void ClientView::on(const wire::RelayedSignal& message, std::string_view text) {
  check_address(message.to, message.network, text);
  last_was_signal_ = true;
  if (message.type == wire::SignalType::offer) offer_from_ = std::string(message.from);
}

void ClientView::on(const wire::RelayedGoodbye& message, std::string_view text) {
  check_address(message.to, message.network, text);
  check(known_.contains(std::string(message.from)), "is from an unknown peer", text);
}

void ClientView::on(const wire::Pong& /*message*/, std::string_view text) {
  check(false, "answers a ping that was not sent", text);
}

void ClientView::on(const wire::ErrorReply& message, std::string_view text) {
  // Its target may have left while the signal was under way; nothing else is ever wrong here.
  check(message.error.starts_with("Target peer "), "is an error without a cause", text);
}

void ClientView::on(const wire::UnknownServerMessage& /*message*/, std::string_view text) {
  check(false, "has an unknown type", text);
}

}  // namespace pigeon::sim
