#include <array>

#include "rtc/ice/agent.hpp"

namespace pigeon::ice {

void Agent::stream_opened(StreamId id, const SocketAddress& local, Now now) {
  if (state_ == State::closed) return;
  relays_.stream_opened(id, local, now);
  advance(now);
}

Received Agent::stream_received(StreamId id, BytesView& bytes, Now now) {
  if (state_ == State::closed) {
    bytes = {};
    return {Input::dropped, {}};
  }
  return receive_relayed(relays_.receive_stream(id, bytes, now), now);
}

void Agent::stream_closed(StreamId id, Now now) {
  relays_.stream_closed(id);
  advance(now);
}

/// What a TURN server has sent: a peer's datagram, or something between it and us.
Received Agent::receive_relayed(const std::optional<Relays::Relayed>& relayed, Now now) {
  if (relayed) return receive_from_peer(relayed->path, relayed->payload, now);
  advance(now);
  return {Input::consumed, {}};
}

void Agent::take_relay_changes(Now now) {
  relays_.handle_timeout(now);
  for (const RelayChange& change : relays_.take_changes()) {
    std::visit([this](const auto& one) { apply(one); }, change);
  }
}

void Agent::apply(const RelayReady& change) {
  // A server that claims an address of ours, or that of another server, cannot be believed.
  if (gatherer_.find(change.relayed.address) == nullptr) gatherer_.add(change.relayed);
  const bool is_new = change.reflexive && gatherer_.find(change.reflexive->address) == nullptr;
  if (is_new) gatherer_.add(*change.reflexive);
}

void Agent::apply(const RelayGone& change) {
  const Candidate* local = gatherer_.local_end(change.relayed);
  if (local == nullptr || local->type != CandidateType::relayed) return;
  gatherer_.remove_relayed(change.relayed);
  --reported_candidates_;
  drop_local(change.relayed);
}

/// Until now the checks of these pairs could not leave.
void Agent::apply(const RelayPermits& change) {
  for (Pair& pair : pairs_.pairs()) {
    if (pair.path.local != change.path.local || pair.path.remote.ip != change.path.remote.ip ||
        pair.state != PairState::in_progress) {
      continue;
    }
    pair.state = PairState::waiting;
    checks_.supersede(pair.id, CheckPurpose::connectivity);
    pairs_.trigger(pair);
  }
}

}  // namespace pigeon::ice
