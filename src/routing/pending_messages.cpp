#include "routing/pending_messages.hpp"

#include "base/assert.hpp"

namespace pigeon::routing {

bool PendingMessages::has_room(std::size_t bytes) const {
  return entries_.size() < count_max_ && bytes <= bytes_max_ - bytes_;
}

void PendingMessages::add(PendingMessage message, Instant now, Duration wait) {
  PIGEON_ASSERT(has_room(message.text.size()));
  bytes_ += message.text.size();
  const MessageId id = message.id;
  const Deadline deadline{now + wait, next_number_++};
  const bool is_new = entries_.try_emplace(id, Entry{std::move(message), now, deadline}).second;
  PIGEON_ASSERT(is_new);
  deadlines_.emplace(deadline, id);
}

bool PendingMessages::remove(const MessageId& id, const PeerId& to) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.message.to != to) return false;
  take(found);
  return true;
}

std::vector<PendingMessage> PendingMessages::take_all(const PeerId& to) {
  std::vector<PendingMessage> taken;
  for (auto at = deadlines_.begin(); at != deadlines_.end();) {
    const auto entry = entries_.find((at++)->second);
    if (entry->second.message.to == to) taken.push_back(take(entry));
  }
  return taken;
}

void PendingMessages::hasten(const PeerId& link) {
  for (auto& [id, entry] : entries_) {
    if (entry.message.link != link) continue;
    deadlines_.erase(entry.deadline);
    // No clock here; when it was sent is past, and an instant that can be reckoned with.
    entry.deadline.first = entry.added;
    deadlines_.emplace(entry.deadline, id);
  }
}

std::optional<PendingMessage> PendingMessages::take_due(Instant now) {
  if (next_timeout() > now) return std::nullopt;
  if (deadlines_.empty()) return std::nullopt;
  return take(entries_.find(deadlines_.begin()->second));
}

Instant PendingMessages::next_timeout() const {
  return deadlines_.empty() ? Instant::max() : deadlines_.begin()->first.first;
}

PendingMessage PendingMessages::take(Entries::iterator at) {
  PendingMessage message = std::move(at->second.message);
  bytes_ -= message.text.size();
  deadlines_.erase(at->second.deadline);
  entries_.erase(at);
  return message;
}

}  // namespace pigeon::routing
