#include <algorithm>
#include <utility>

#include "node/arguments.hpp"
#include "node/node_impl.hpp"
#include "wire/limits.hpp"

namespace pigeon::node {

Result<void, NodeError> Node::Impl::set_network(std::string_view name, Now now) {
  if (!is_network_name(name)) {
    return Unexpected(bad_argument("The network's name must have 1 to 256 bytes of UTF-8."));
  }
  if (!hubs_.urls().empty() || !links_.all().empty()) {
    return Unexpected(
        NodeError{NodeErrorKind::busy, "The network can be changed only while disconnected."});
  }
  options_.network = name;
  fallback_ = fallback_of(options_);
  hubs_.set_network(name, now);
  move_to(name, now);
  return {};
}

void Node::Impl::check_fallback(Now now) {
  if (!fallback_.is_allowed()) return;
  // Without a hub there is nobody to be asked, and being alone means nothing.
  if (!hubs_.is_any_connected()) return fallback_.pause(now);
  const Fallback::Place before = fallback_.place();
  const bool is_probing = before == Fallback::Place::probing;
  const bool is_alone =
      is_probing ? found_at_home_.empty() : links_.all().empty() && membership_.knows_nobody();
  if (!fallback_.update(is_alone, now)) return;
  switch (fallback_.place()) {
    case Fallback::Place::home:
      move_to(options_.network, now);
      out_.emit(NetworkChanged{network_, false});
      for (const signaling::Discovered& found : std::exchange(found_at_home_, {})) {
        discover(found.peer, found.is_capable, now);
      }
      return;
    case Fallback::Place::away:
      found_at_home_.clear();
      hubs_.set_network(wire::default_network, now);
      if (is_probing) return;
      move_to(wire::default_network, now);
      out_.emit(NetworkChanged{network_, true});
      return;
    case Fallback::Place::probing:
      hubs_.set_network(options_.network, now);
      return;
  }
}

/// Begins anew in the own namespace: nobody is known, and nobody is left in peace.
void Node::Impl::go_home(Now now) {
  const bool was_away = network_ != options_.network;
  fallback_.reset();
  found_at_home_.clear();
  hubs_.set_network(options_.network, now);
  move_to(options_.network, now);
  if (was_away) out_.emit(NetworkChanged{network_, false});
}

void Node::Impl::move_to(std::string_view network, Now now) {
  close_all("network changed", now);
  network_ = network;
  membership_ = membership::Membership(self_.id, membership_options(), random_.split());
  is_unsettled_ = true;
}

membership::MembershipOptions Node::Impl::membership_options() const {
  membership::MembershipOptions membership;
  membership.links_max = options_.max_peers;
  membership.reserved = options_.max_peers / 4;
  membership.links_min = std::min(options_.min_peers, options_.max_peers);
  membership.random_links = std::max<std::size_t>(1, options_.max_peers / 4);
  membership.discovered_max = options_.limits.discovered_max;
  membership.uses_distance = options_.xor_routing;
  membership.dials_discovered = options_.auto_discovery;
  membership.evicts = options_.eviction_strategy;
  membership.prefers_verified = options_.trust != TrustPolicy::open;
  return membership;
}

}  // namespace pigeon::node
