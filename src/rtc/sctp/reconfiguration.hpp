#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "rtc/sctp/backoff_timer.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/reconfig_chunk.hpp"
#include "rtc/sctp/types.hpp"

namespace pigeon::sctp {

/// Resets of streams, of both sides (RFC 6525 section 5). One request of ours is under way at a
/// time, as section 5.1.1 demands; more streams wait for the next.
class Reconfiguration {
 public:
  /// Both numbers begin with the initial TSNs (section 4.1).
  Reconfiguration(ReconfigNumber first_local, ReconfigNumber first_peer)
      : next_local_(first_local), next_peer_(first_peer) {}

  /// Notes streams to be reset once their messages have arrived. A stream that is noted already
  /// stays noted once.
  void request(std::span<const StreamId> streams);
  /// Streams noted whose turn has not come.
  const std::vector<StreamId>& waiting() const { return waiting_; }
  /// Makes a request of those waiting streams for which `has_arrived` is true, if none is under
  /// way. `last_tsn`: the last that was given to a message.
  template <class HasArrived>
  void begin(HasArrived has_arrived, WireTsn last_tsn) {
    if (!under_way_.empty() || waiting_.empty()) return;
    take_ready(has_arrived);
    if (under_way_.empty()) return;
    last_tsn_ = last_tsn;
    number_ = next_local_++;
    is_due_ = true;
  }

  /// What the peer's answer means.
  struct Outcome {
    std::vector<StreamId> streams;
    bool performed = false;
  };
  /// An answer of the peer; nothing unless it ends the request under way.
  std::optional<Outcome> receive(const ReconfigResponse& response, Instant now, Duration rto);

  /// Whether a request of the peer to reset streams it sends on is to be carried out; if not, it
  /// was answered. Then `conclude` takes the result.
  bool receive(const OutgoingResetRequest& request);
  void conclude(const OutgoingResetRequest& request, ReconfigResult result);
  /// The reset that was in progress has been performed.
  void performed() { last_result_ = ReconfigResult::performed; }
  /// Any other request: it is denied.
  void deny(ReconfigNumber request);

  /// The association begins anew: the streams whose reset has not been answered.
  std::vector<StreamId> give_up();

  bool is_due() const { return is_due_ || answer_count_ != 0; }
  /// Appends what is due: answers, then the request.
  void write(PacketWriter& packet, Instant now, Duration rto, Duration rto_max);

  /// True if the request under way has had no answer; it is due again then.
  bool handle_timeout(Instant now);
  Instant next_timeout() const { return timer_.at(); }

 private:
  template <class HasArrived>
  void take_ready(HasArrived has_arrived) {
    // As many as surely fit into a packet of any size.
    constexpr std::size_t streams_max = 128;
    std::size_t kept = 0;
    for (const StreamId stream : waiting_) {
      if (under_way_.size() < streams_max && has_arrived(stream)) {
        under_way_.push_back(stream);
      } else {
        waiting_[kept++] = stream;
      }
    }
    waiting_.resize(kept);
  }
  void answer(ReconfigNumber request, ReconfigResult result);

  // Ours.
  std::vector<StreamId> waiting_;
  std::vector<StreamId> under_way_;
  ReconfigNumber next_local_;
  ReconfigNumber number_ = 0;
  WireTsn last_tsn_ = 0;
  bool is_due_ = false;
  BackoffTimer timer_;

  // The peer's.
  ReconfigNumber next_peer_;
  std::optional<ReconfigResult> last_result_;
  std::array<ReconfigResponse, 2> answers_{};
  std::size_t answer_count_ = 0;
};

}  // namespace pigeon::sctp
