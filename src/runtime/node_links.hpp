#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "node/input.hpp"
#include "node/output.hpp"
#include "pigeon/peer_connection.hpp"
#include "runtime/node_link.hpp"

namespace pigeon::runtime {

/// The links of one node: carries out what its core wants of them. Belongs to the loop's thread.
class NodeLinks {
 public:
  struct Calls {
    /// Something happened to a link. Never inside a call.
    std::function<void(node::Input)> tell;
    /// What came of a call at once; to be told when the call has returned.
    std::function<void(node::Input)> tell_later;
    /// A link came about only in vain: as `tell_later`, with a reason of its own.
    std::function<void(node::LinkId, std::string)> lose_later;
    /// There is something for `bury`, after the call.
    std::function<void()> ended;
  };

  /// Each connection is made with these options on this loop.
  NodeLinks(RtcLoop& loop, PeerConnectionOptions options, Calls calls);
  NodeLinks(const NodeLinks&) = delete;
  NodeLinks& operator=(const NodeLinks&) = delete;
  ~NodeLinks() = default;

  void carry_out(const node::DialLink& dial);
  void carry_out(const node::AcceptLink& accept);
  void carry_out(const node::ApplyDescription& apply);
  void carry_out(const node::ApplyCandidate& apply);
  void carry_out(const node::CloseLink& close);
  void carry_out(const node::SendText& send);
  void carry_out(node::SendBinary& send);
  void carry_out(const node::NotifyDrained& notify);

  /// Closes all that are left.
  void close_all();
  /// Forgets links that have ended.
  void bury();
  bool is_empty() const { return links_.empty() && closing_.empty(); }

  void handle_timeout(Instant now);
  Instant next_timeout() const;

 private:
  NodeLink* find(node::LinkId id);
  NodeLink& add(node::LinkId id);
  void take(node::LinkId id, const NodeLink::Applied& applied);
  void retire(node::LinkId id);

  RtcLoop& loop_;
  PeerConnectionOptions options_;
  Calls calls_;
  NodeLink::Calls link_calls_;
  std::map<node::LinkId, std::unique_ptr<NodeLink>> links_;
  /// The core has done with them.
  std::vector<std::unique_ptr<NodeLink>> closing_;
};

}  // namespace pigeon::runtime
