#include "rtc/ice/check_list.hpp"

#include <algorithm>

namespace pigeon::ice {

namespace {

void set_priority(Pair& pair, Role role) {
  pair.priority = role == Role::controlling
                      ? pair_priority(pair.local_priority, pair.remote_priority)
                      : pair_priority(pair.remote_priority, pair.local_priority);
}

bool is_pending(const Pair& pair) {
  return pair.state == PairState::waiting || pair.state == PairState::in_progress;
}

}  // namespace

std::uint64_t pair_priority(std::uint32_t controlling, std::uint32_t controlled) {
  const std::uint64_t low = std::min(controlling, controlled);
  const std::uint64_t high = std::max(controlling, controlled);
  return (low << 32U) + 2 * high + (controlling > controlled ? 1 : 0);
}

bool can_pair(const IpAddress& local, const IpAddress& remote) {
  if (local.is_v4() != remote.is_v4()) return false;
  if (local.is_loopback() != remote.is_loopback()) return false;
  return local.is_v4() || local.is_link_local() == remote.is_link_local();
}

Pair* CheckList::add(Pair pair, Role role) {
  set_priority(pair, role);
  pair.id = next_id_++;
  if (pairs_.size() < pairs_max_) return &pairs_.emplace_back(pair);
  Pair* place = make_room(pair.priority);
  if (place != nullptr) *place = pair;
  return place;
}

Pair* CheckList::make_room(std::uint64_t priority) {
  Pair* worst = nullptr;
  for (Pair& pair : pairs_) {
    if (pair.valid()) continue;
    if (worst == nullptr || pair.priority < worst->priority) worst = &pair;
  }
  return worst != nullptr && worst->priority < priority ? worst : nullptr;
}

const Pair* CheckList::find(PairId id) const {
  const auto found =
      std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return pair.id == id; });
  return found == pairs_.end() ? nullptr : &*found;
}

Pair* CheckList::find(PairId id) {
  const auto found =
      std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return pair.id == id; });
  return found == pairs_.end() ? nullptr : &*found;
}

Pair* CheckList::find(const AddressPair& path, std::uint32_t generation) {
  const auto found = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.path == path && pair.generation == generation;
  });
  return found == pairs_.end() ? nullptr : &*found;
}

bool CheckList::accepts_data_from(const AddressPair& path) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.path == path && (pair.authenticated || pair.valid());
  });
}

void CheckList::trigger(Pair& pair) {
  if (pair.triggered) return;
  // Pairs that gave way while they waited leave their names behind; not without end.
  if (triggered_.size() >= 2 * pairs_max_) {
    std::erase_if(triggered_, [&](PairId id) { return find(id) == nullptr; });
  }
  pair.triggered = true;
  triggered_.push_back(pair.id);
}

Pair* CheckList::pop_triggered() {
  while (!triggered_.empty()) {
    Pair* pair = find(triggered_.front());
    triggered_.pop_front();
    if (pair == nullptr) continue;
    pair->triggered = false;
    return pair;
  }
  return nullptr;
}

Pair* CheckList::best_waiting() {
  Pair* best = nullptr;
  for (Pair& pair : pairs_) {
    if (pair.state != PairState::waiting || pair.triggered) continue;
    if (best == nullptr || pair.priority > best->priority) best = &pair;
  }
  return best;
}

bool CheckList::has(PairState state, std::uint32_t generation) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
    return pair.state == state && pair.generation == generation;
  });
}

std::size_t CheckList::valid_count(std::uint32_t generation) const {
  return static_cast<std::size_t>(std::count_if(
      pairs_.begin(), pairs_.end(),
      [&](const Pair& pair) { return pair.valid() && pair.generation == generation; }));
}

bool CheckList::better_pending(const Pair& pair) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& other) {
    return is_pending(other) && other.generation == pair.generation &&
           other.priority > pair.priority;
  });
}

void CheckList::update_priorities(Role role) {
  for (Pair& pair : pairs_) set_priority(pair, role);
}

void CheckList::nominate(Pair& pair, Now now) {
  for (Pair& other : pairs_) {
    if (other.generation == pair.generation) other.nominated = false;
  }
  pair.nominated = true;
  pair.nominated_at = now.monotonic;
}

void CheckList::drop_invalid(std::uint32_t generation) {
  std::erase_if(pairs_,
                [&](const Pair& pair) { return pair.generation == generation && !pair.valid(); });
}

void CheckList::drop_generations_before(std::uint32_t generation) {
  std::erase_if(pairs_, [&](const Pair& pair) { return pair.generation < generation; });
}

void CheckList::drop_local(const SocketAddress& local) {
  std::erase_if(pairs_, [&](const Pair& pair) { return pair.path.local == local; });
}

void CheckList::clear() {
  pairs_.clear();
  triggered_.clear();
}

}  // namespace pigeon::ice
