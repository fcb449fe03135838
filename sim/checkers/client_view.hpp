#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"

namespace pigeon::sim {

/// What a hub has promised to one client, checked message by message: `connected` comes first and
/// once; everything is addressed to this client and stamped with its namespace; a peer is said to
/// be gone only after it was introduced, and once.
class ClientView {
 public:
  ClientView(std::string id, std::string network)
      : id_(std::move(id)), network_(std::move(network)) {}

  /// Takes a message of the hub. Gives the sender if it is an offer.
  std::optional<std::string> receive(std::string_view text);

  /// The connection has ended; the next one starts afresh.
  void connection_lost() {
    is_connected_ = false;
    known_.clear();
  }

  /// Peers introduced and not gone, in the order of their ids.
  std::vector<std::string> known() const { return {known_.begin(), known_.end()}; }
  bool last_was_signal() const { return last_was_signal_; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  void check(bool holds, std::string_view what, std::string_view text);
  void check_address(std::string_view to, std::string_view network, std::string_view text);
  void on(const wire::Connected& message, std::string_view text);
  void on(const wire::PeerDiscovered& message, std::string_view text);
  void on(const wire::PeerDisconnected& message, std::string_view text);
  void on(const wire::RelayedSignal& message, std::string_view text);
  void on(const wire::RelayedGoodbye& message, std::string_view text);
  void on(const wire::Pong& message, std::string_view text);
  void on(const wire::ErrorReply& message, std::string_view text);
  void on(const wire::UnknownServerMessage& message, std::string_view text);

  std::string id_;
  std::string network_;
  bool is_connected_ = false;
  bool last_was_signal_ = false;
  std::optional<std::string> offer_from_;
  std::set<std::string> known_;
  std::vector<std::string> violations_;
  wire::JsonReader reader_;
};

}  // namespace pigeon::sim
