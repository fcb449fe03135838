#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/plain_chunks.hpp"

namespace pigeon::sctp {

/// What a HEARTBEAT of ours carries: a number that cannot be guessed, so that no answer can be made
/// up (RFC 9260 section 8.3).
class HeartbeatNonce {
 public:
  static HeartbeatNonce draw(Random& random) {
    HeartbeatNonce nonce;
    random.fill(nonce.bytes_);
    return nonce;
  }
  bool matches(BytesView info) const {
    return std::equal(info.begin(), info.end(), bytes_.begin(), bytes_.end());
  }
  BytesView bytes() const { return bytes_; }

 private:
  std::array<std::uint8_t, 8> bytes_{};
};

/// Asks a quiet peer whether it is there (RFC 9260 section 8.3).
class Heartbeat {
 public:
  Heartbeat(Duration interval, Random random) : interval_(interval), random_(random) {}

  /// Begins, or begins again after something else has shown that the peer is there.
  void start(Instant now) {
    waits_for_answer_ = false;
    is_due_ = false;
    // Jitter, so that many associations do not beat at once.
    const auto jitter = static_cast<std::uint64_t>(interval_.count() / 4) + 1;
    next_ = now + interval_ + Duration(static_cast<Duration::rep>(random_.below(jitter)));
  }
  void stop() {
    is_due_ = waits_for_answer_ = false;
    next_ = Instant::max();
  }
  /// Asks at once, whatever the interval, unless an answer is being waited for.
  void ask() { is_due_ = is_due_ || !waits_for_answer_; }

  bool is_due() const { return is_due_; }
  void write(PacketWriter& packet, Instant now, Duration rto) {
    const HeartbeatNonce nonce = HeartbeatNonce::draw(random_);
    if (!encode_heartbeat(ChunkType::heartbeat, nonce.bytes(), packet)) return;
    nonce_ = nonce;
    is_due_ = false;
    waits_for_answer_ = true;
    sent_ = now;
    next_ = now + rto;
  }

  /// The round trip, if this answers the last one.
  std::optional<Duration> receive_answer(BytesView info, Instant now) {
    if (!waits_for_answer_ || !nonce_.matches(info)) return std::nullopt;
    const Duration rtt = now - sent_;
    start(now);
    return rtt;
  }

  enum class Timeout : std::uint8_t { none, quiet, unanswered };
  /// What has happened; `is_due` is true unless nothing has.
  Timeout handle_timeout(Instant now) {
    if (now < next_) return Timeout::none;
    const bool was_waiting = waits_for_answer_;
    waits_for_answer_ = false;
    is_due_ = true;
    next_ = now + interval_;
    return was_waiting ? Timeout::unanswered : Timeout::quiet;
  }
  Instant next_timeout() const { return next_; }

 private:
  Duration interval_;
  Random random_;
  HeartbeatNonce nonce_;
  Instant next_ = Instant::max();
  Instant sent_{};
  bool is_due_ = false;
  bool waits_for_answer_ = false;
};

}  // namespace pigeon::sctp
