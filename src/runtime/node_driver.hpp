#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "net/clock.hpp"
#include "net/tls_client_context.hpp"
#include "node/node.hpp"
#include "pigeon/node.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/node_hubs.hpp"
#include "runtime/node_links.hpp"
#include "runtime/node_loop.hpp"
#include "suite/group_keys.hpp"
#include "suite/node_identity.hpp"

namespace pigeon::runtime {

/// Everything that can fail to come into being before a node does.
struct NodeParts {
  node::Node core;
  /// The private halves of the core's keys; none if it has no keys.
  std::optional<suite::NodeIdentity> identity;
  /// Whose certificates are taken; none: those that the system trusts.
  std::optional<net::TlsClientContext> trusted;
  PeerConnectionOptions connections;
  pigeon::Node::OnEvent on_event;
  /// For the application, at the beginning.
  std::vector<std::string> warnings;
};

/// A node core on a loop: gives it what happens, carries out what it wants, and tells the
/// application. Everything is to be called on the loop's thread.
///
/// A round gives the core one input and carries out what follows. Nothing calls the core inside a
/// round: what its outputs bring about at once waits for the end of it, and the application is told
/// in a task of its own, so that it may call whatever it likes.
class NodeDriver : public std::enable_shared_from_this<NodeDriver> {
 public:
  NodeDriver(NodeLoop& loop, NodeParts parts);
  NodeDriver(const NodeDriver&) = delete;
  NodeDriver& operator=(const NodeDriver&) = delete;
  ~NodeDriver() = default;

  /// A command of the application.
  template <class Command>
  auto call(Command command) {
    using Value = std::invoke_result_t<Command, node::Node&, Now>;
    if constexpr (std::is_void_v<Value>) {
      command(core_, net::read_clock());
      finish_round();
    } else {
      Value value = command(core_, net::read_clock());
      finish_round();
      return value;
    }
  }
  const node::Node& core() const { return core_; }
  /// Nothing if crypto is off, or the identity is gone.
  std::optional<suite::Signature> sign(BytesView message) const;
  /// Nothing if it was not for this node, or was changed.
  std::optional<std::string> open(crypto::OpenRequest request);
  Result<void, NodeError> add_group(std::string_view group, suite::EncryptionKey key);
  bool remove_group(std::string_view group);

  /// For the application.
  void warn(std::string sentence);

  /// Disconnects, and lets go of the application: no event begins from now on. `silent` is called
  /// when the one that is under way, if any, has returned. What is to be said to others is said
  /// afterwards; then the loop forgets the driver.
  void close(Mailbox::Task silent);

 private:
  /// A link that could not be made, with the text that the input's view will show.
  struct LostLink {
    node::LinkId link{};
    std::string reason;
  };
  using Pending = std::variant<node::Input, LostLink, crypto::Request>;

  /// Of waiting inputs in one round; a signature takes about 0.1 ms.
  static constexpr std::size_t pending_per_round = 32;
  /// From the end of a node to that of the patience with its goodbyes.
  static constexpr Duration goodbye_time_max = 2s;

  template <class Task>
  void post(Task task);

  void take(node::Input input);
  void finish_round();
  void give(node::Input& input);
  void give(LostLink& lost);
  void give(crypto::Request& request);
  void carry_out_outputs();
  template <class Wish>
  void carry_out(Wish& wish);
  void arm_timer();
  void run_timer();

  void tell_soon();
  void tell_events();
  void tell(NodeEvent event);
  void warn_of_exception(const std::string& what);
  void fall_silent();

  void finish_soon();
  void finish_if_over();

  NodeLoop& loop_;
  node::Node core_;
  std::optional<suite::NodeIdentity> identity_;
  suite::GroupKeys groups_;
  std::optional<net::TlsClientContext> trusted_;
  pigeon::Node::OnEvent on_event_;
  NodeHubs hubs_;
  NodeLinks links_;
  boost::asio::steady_timer timer_;
  Instant armed_for_ = Instant::max();

  /// Waits for the end of the round.
  std::deque<Pending> pending_;
  std::deque<NodeEvent> events_;
  Mailbox::Task silent_;
  Instant give_up_at_ = Instant::max();
  bool is_in_round_ = false;
  bool is_rest_posted_ = false;
  bool is_telling_posted_ = false;
  bool is_telling_ = false;
  bool is_closed_ = false;
  bool is_finish_posted_ = false;
  bool has_warned_ = false;
};

}  // namespace pigeon::runtime
