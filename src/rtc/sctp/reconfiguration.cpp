#include "rtc/sctp/reconfiguration.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/sctp/packet/tlv.hpp"

namespace pigeon::sctp {

void Reconfiguration::request(std::span<const StreamId> streams) {
  waiting_.insert(waiting_.end(), streams.begin(), streams.end());
  std::sort(waiting_.begin(), waiting_.end());
  waiting_.erase(std::unique(waiting_.begin(), waiting_.end()), waiting_.end());
}

std::optional<Reconfiguration::Outcome> Reconfiguration::receive(const ReconfigResponse& response,
                                                                 Instant now, Duration rto) {
  if (under_way_.empty() || response.response != number_) return std::nullopt;
  if (response.result == ReconfigResult::in_progress) {
    // Section 5.2.7, A4: ask again with the same number.
    is_due_ = false;
    timer_.start(now, rto, rto);
    return std::nullopt;
  }
  timer_.stop();
  is_due_ = false;
  return Outcome{.streams = std::exchange(under_way_, {}),
                 .performed = response.result == ReconfigResult::performed ||
                              response.result == ReconfigResult::nothing_to_do};
}

bool Reconfiguration::receive(const OutgoingResetRequest& request) {
  const bool is_repeated = last_result_ && request.request == next_peer_ - 1;
  if (is_repeated && last_result_ != ReconfigResult::in_progress) {
    // Our answer was lost (section 5.2.1).
    answer(request.request, *last_result_);
    return false;
  }
  if (!is_repeated && request.request != next_peer_) {
    answer(request.request, ReconfigResult::bad_request_number);
    return false;
  }
  if (!is_repeated) ++next_peer_;
  return true;
}

void Reconfiguration::conclude(const OutgoingResetRequest& request, ReconfigResult result) {
  last_result_ = result;
  answer(request.request, result);
}

void Reconfiguration::deny(ReconfigNumber request) {
  const bool is_repeated = last_result_ && request == next_peer_ - 1;
  if (!is_repeated && request != next_peer_) {
    answer(request, ReconfigResult::bad_request_number);
    return;
  }
  if (!is_repeated) ++next_peer_;
  last_result_ = ReconfigResult::denied;
  answer(request, ReconfigResult::denied);
}

void Reconfiguration::answer(ReconfigNumber request, ReconfigResult result) {
  // A peer has one request under way, of two parts at most; more replaces the last.
  if (answer_count_ == std::size(answers_)) --answer_count_;
  answers_[answer_count_++] = {.response = request, .result = result};
}

std::vector<StreamId> Reconfiguration::give_up() {
  std::vector<StreamId> streams = std::exchange(under_way_, {});
  streams.insert(streams.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  return streams;
}

void Reconfiguration::write(PacketWriter& packet, Instant now, Duration rto, Duration rto_max) {
  std::array<std::uint8_t, 512> room{};
  if (answer_count_ != 0) {
    TlvWriter list(room);
    bool fits = true;
    for (std::size_t i = 0; i < answer_count_; ++i) fits = fits && append(list, answers_[i]);
    if (!fits || !encode_reconfig(list.written(), packet)) return;
    answer_count_ = 0;
  }
  if (!is_due_) return;
  TlvWriter list(room);
  const OutgoingResetRequest request{.request = number_,
                                     .response = next_peer_ - 1,
                                     .last_tsn = last_tsn_,
                                     .streams = std::span<const StreamId>(under_way_)};
  if (!append(list, request) || !encode_reconfig(list.written(), packet)) return;
  is_due_ = false;
  if (!timer_.is_running()) timer_.start(now, rto, rto_max);
}

bool Reconfiguration::handle_timeout(Instant now) {
  if (!timer_.expire(now)) return false;
  is_due_ = true;
  return true;
}

}  // namespace pigeon::sctp
