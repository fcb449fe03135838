#include "hub/admission.hpp"

#include <algorithm>
#include <utility>

namespace pigeon::hub {

namespace {

/// Bounds of what a waiting newcomer may send: an announcement and the first signals.
constexpr std::size_t held_count_max = 32;
constexpr std::size_t held_bytes_max = 65'536;

/// Of several the first counts, as upstream's servers read it.
std::optional<wire::SpelledId> requested_id(const Query& query) {
  const auto found = std::find_if(query.begin(), query.end(), [](const auto& parameter) {
    return parameter.first == "peerId";
  });
  return found == query.end() ? std::nullopt : wire::SpelledId::parse(found->second);
}

struct CloseText {
  std::uint16_t code;
  std::string_view reason;
};

/// The words of upstream's servers where they have some.
CloseText close_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::invalid_id:
      return {1008, "Invalid peerId"};
    case Refusal::duplicate_id:
      return {1008, "Peer already connected"};
    default:
      return {1008, "Maximum connections reached"};
  }
}

}  // namespace

Admission::Admission(const HubOptions& options, const PeerTable& peers, Counters& counters)
    : options_(options), peers_(peers), counters_(counters) {}

std::optional<Candidate> Admission::opened(const ConnectionOpened& opened, Now now, Outbox& out) {
  const std::optional<wire::SpelledId> id = requested_id(opened.query);
  const auto refuse_with = [&](Refusal refusal) {
    refuse(opened.connection, refusal, out);
    return std::nullopt;
  };
  if (!id) return refuse_with(Refusal::invalid_id);
  if (peers_.size() + contests_.size() >= options_.limits.connections_max) {
    return refuse_with(Refusal::connections_max);
  }
  Candidate candidate{.connection = opened.connection,
                      .id = *id,
                      .address = opened.address,
                      .remote_address = opened.remote_address,
                      .held = {}};
  Peer* owner = peers_.find(*id);
  if (owner == nullptr) return candidate;
  if (contests_.contains(*id)) return refuse_with(Refusal::duplicate_id);
  contest(std::move(candidate), *owner, now, out);
  return std::nullopt;
}

void Admission::contest(Candidate candidate, Peer& owner, Now now, Outbox& out) {
  owner.contested = true;
  // An owner that is closing anyway is not asked, and its end settles the matter.
  if (!owner.closing) out.add(SendPing{owner.connection});
  const Instant deadline = now.monotonic + options_.liveness.duplicate_time;
  const wire::SpelledId id = candidate.id;
  waiting_.emplace(candidate.connection, id);
  contests_.emplace(id, Contest{.newcomer = std::move(candidate), .deadline = deadline});
  deadlines_.schedule(deadline, id);
}

void Admission::hold(ConnectionId connection, std::string_view text) {
  const auto waiting = waiting_.find(connection);
  if (waiting == waiting_.end()) return;
  Contest& contest = contests_.at(waiting->second);
  if (contest.newcomer.held.size() >= held_count_max ||
      contest.held_bytes + text.size() > held_bytes_max) {
    counters_.refused(Refusal::held_overflow);
    return;
  }
  contest.held_bytes += text.size();
  contest.newcomer.held.emplace_back(text);
}

void Admission::owner_answered(const Peer& owner, Outbox& out) {
  if (owner.closing) return;
  if (const auto newcomer = owner_left(owner.id)) {
    refuse(newcomer->connection, Refusal::duplicate_id, out);
  }
}

std::optional<Candidate> Admission::owner_left(const wire::SpelledId& id) {
  const auto found = contests_.find(id);
  if (found == contests_.end()) return std::nullopt;
  Candidate newcomer = std::move(found->second.newcomer);
  contests_.erase(found);
  waiting_.erase(newcomer.connection);
  return newcomer;
}

bool Admission::withdraw(ConnectionId connection) {
  const auto waiting = waiting_.find(connection);
  if (waiting == waiting_.end()) return false;
  contests_.erase(waiting->second);
  waiting_.erase(waiting);
  return true;
}

std::optional<wire::SpelledId> Admission::next_silent_owner(Instant now) {
  while (const auto id = deadlines_.pop_due(now)) {
    const auto found = contests_.find(*id);
    if (found != contests_.end() && found->second.deadline <= now) return id;
  }
  return std::nullopt;
}

std::vector<ConnectionId> Admission::waiting() const {
  std::vector<ConnectionId> connections;
  connections.reserve(contests_.size());
  for (const auto& [id, contest] : contests_) connections.push_back(contest.newcomer.connection);
  return connections;
}

void Admission::refuse(ConnectionId connection, Refusal refusal, Outbox& out) {
  counters_.refused(refusal);
  const CloseText text = close_text(refusal);
  out.add(CloseConnection{connection, text.code, std::string(text.reason)});
}

}  // namespace pigeon::hub
