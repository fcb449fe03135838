#include "runtime/node_links.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "net/clock.hpp"

namespace pigeon::runtime {

NodeLinks::NodeLinks(RtcLoop& loop, PeerConnectionOptions options, Calls calls)
    : loop_(loop), options_(std::move(options)), calls_(std::move(calls)) {
  link_calls_.tell = [this](node::Input input) {
    if (const auto* closed = std::get_if<node::LinkClosed>(&input)) retire(closed->link);
    calls_.tell(std::move(input));
  };
  link_calls_.ended = calls_.ended;
}

void NodeLinks::carry_out(const node::DialLink& dial) {
  take(dial.link, add(dial.link).dial(loop_, options_));
}

void NodeLinks::carry_out(const node::AcceptLink& accept) {
  take(accept.link, add(accept.link).accept(loop_, options_, accept.offer));
}

void NodeLinks::carry_out(const node::ApplyDescription& apply) {
  NodeLink* const link = find(apply.link);
  if (link == nullptr) return;
  const auto applied = link->apply(apply.description);
  // A link that carries messages does not end for a description that cannot be used.
  if (applied || !link->is_open()) take(apply.link, applied);
}

void NodeLinks::carry_out(const node::ApplyCandidate& apply) {
  if (NodeLink* const link = find(apply.link)) link->apply(apply.candidate);
}

void NodeLinks::carry_out(const node::CloseLink& close) { retire(close.link); }

void NodeLinks::carry_out(const node::SendText& send) {
  for (const node::LinkId id : send.links) {
    NodeLink* const link = find(id);
    if (link != nullptr && !link->send_text(send.text)) {
      calls_.tell_later(node::LinkOverflowed{id, 1});
    }
  }
}

void NodeLinks::carry_out(node::SendBinary& send) {
  NodeLink* const link = find(send.link);
  if (link != nullptr && !link->send_binary(std::move(send.data))) {
    calls_.tell_later(node::LinkOverflowed{send.link, 1, true});
  }
}

void NodeLinks::carry_out(const node::NotifyDrained& notify) {
  NodeLink* const link = find(notify.link);
  if (link != nullptr && link->notify_drained(notify.threshold)) {
    calls_.tell_later(node::LinkDrained{notify.link});
  }
}

void NodeLinks::close_all() {
  while (!links_.empty()) retire(links_.begin()->first);
}

void NodeLinks::bury() {
  std::erase_if(closing_, [](const auto& link) { return link->has_ended(); });
}

void NodeLinks::handle_timeout(Instant now) {
  std::vector<NodeLink*> due;
  for (const auto& [id, link] : links_) {
    if (link->next_timeout() <= now) due.push_back(link.get());
  }
  for (const auto& link : closing_) {
    if (link->next_timeout() <= now) due.push_back(link.get());
  }
  // Links are destroyed by `bury` alone, so all of these are there to the end.
  for (NodeLink* const link : due) link->handle_timeout(now);
}

Instant NodeLinks::next_timeout() const {
  Instant next = Instant::max();
  for (const auto& [id, link] : links_) next = std::min(next, link->next_timeout());
  for (const auto& link : closing_) next = std::min(next, link->next_timeout());
  return next;
}

NodeLink* NodeLinks::find(node::LinkId id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second.get();
}

NodeLink& NodeLinks::add(node::LinkId id) {
  const auto [added, is_new] = links_.emplace(id, std::make_unique<NodeLink>(id, link_calls_));
  PIGEON_ASSERT(is_new);
  return *added->second;
}

/// Passes an answer or offer on, or gives up a link that could not be made.
void NodeLinks::take(node::LinkId id, const NodeLink::Applied& applied) {
  if (!applied) {
    retire(id);
    calls_.lose_later(id, applied.error());
  } else if (*applied) {
    calls_.tell_later(node::LinkDescription{id, **applied});
  }
}

void NodeLinks::retire(node::LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  NodeLink& link = *closing_.emplace_back(std::move(found->second));
  links_.erase(found);
  link.close(net::read_clock().monotonic);
}

}  // namespace pigeon::runtime
