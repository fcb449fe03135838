#include "rtc/sctp/path_mtu.hpp"

#include <algorithm>
#include <array>

#include "rtc/sctp/packet/plain_chunks.hpp"

namespace pigeon::sctp {

namespace {

// RFC 8899 section 5.1.2: MAX_PROBES.
constexpr int probes_max = 3;
// RFC 8899 section 5.1.1: PROBE_TIMER is at least a second, PMTU_RAISE_TIMER ten minutes.
constexpr Duration probe_wait_min = 1s;
constexpr Duration raise_wait = 600s;
// Sizes to fall back to; 500 is below what even the smallest IPv4 path must carry (576 bytes).
constexpr std::array<std::size_t, 2> fallback_sizes = {1'000, 500};
// A search ends when the next step would gain less.
constexpr std::size_t step_min = 32;
constexpr int timeouts_until_doubt = 2;

constexpr std::size_t whole_words(std::size_t size) { return size & ~std::size_t{3}; }

}  // namespace

PathMtu::PathMtu(std::size_t packet_max, std::size_t probe_max, Random random)
    : size_(whole_words(packet_max)),
      base_(size_),
      probe_max_(whole_words(std::max(packet_max, probe_max))),
      too_large_(probe_max_ + 4),
      random_(random) {}

void PathMtu::start(Instant now) { search(now); }

void PathMtu::stop() {
  mode_ = Mode::idle;
  is_due_ = waits_for_answer_ = false;
  next_ = Instant::max();
}

void PathMtu::search(Instant now) {
  // The largest first: most paths carry it, and then one probe is enough.
  const std::size_t candidate =
      too_large_ > probe_max_ ? probe_max_ : whole_words(size_ + (too_large_ - size_) / 2);
  if (candidate < size_ + step_min) {
    settle(now);
    return;
  }
  mode_ = Mode::searching;
  probe_size_ = candidate;
  lost_count_ = 0;
  is_due_ = true;
  waits_for_answer_ = false;
  next_ = Instant::max();
}

/// The search has ended.
void PathMtu::settle(Instant now) {
  mode_ = Mode::idle;
  is_due_ = waits_for_answer_ = false;
  next_ = size_ < probe_max_ ? now + raise_wait : Instant::max();
}

void PathMtu::data_timed_out(int times_in_row) {
  if (times_in_row < timeouts_until_doubt || mode_ == Mode::checking) return;
  if (size_ <= fallback_sizes.back()) return;
  mode_ = Mode::checking;
  probe_size_ = size_;
  lost_count_ = 0;
  small_answered_ = false;
  is_due_ = true;
  waits_for_answer_ = false;
  next_ = Instant::max();
}

void PathMtu::write(PacketWriter& packet, Instant now, Duration rto) {
  nonce_ = HeartbeatNonce::draw(random_);
  if (!encode_heartbeat(ChunkType::heartbeat, nonce_.bytes(), packet)) return;
  const bool is_padded = packet.room_left() < 4 || encode_pad(packet.room_left(), packet);
  is_due_ = !is_padded;
  waits_for_answer_ = true;
  next_ = now + std::max(rto, probe_wait_min);
}

bool PathMtu::receive_answer(BytesView info, Instant now) {
  if (!waits_for_answer_ || !nonce_.matches(info)) return false;
  size_ = probe_size_;
  search(now);
  return true;
}

bool PathMtu::handle_timeout(Instant now) {
  if (now < next_) return false;
  if (waits_for_answer_) return probe_lost(now);
  // Time to look again whether the path carries more.
  too_large_ = probe_max_ + 4;
  search(now);
  return false;
}

bool PathMtu::probe_lost(Instant now) {
  waits_for_answer_ = false;
  next_ = Instant::max();
  ++lost_count_;
  if (lost_count_ < probes_max) {
    is_due_ = true;
    return false;
  }
  too_large_ = probe_size_;
  if (mode_ == Mode::searching) {
    search(now);
    return false;
  }
  if (!small_answered_) {
    // The path carries nothing at all; its size is not the reason.
    settle(now);
    return false;
  }
  const auto* const fallback = std::find_if(fallback_sizes.begin(), fallback_sizes.end(),
                                            [&](std::size_t size) { return size < size_; });
  size_ = size_ > base_ ? base_ : fallback == fallback_sizes.end() ? size_ : *fallback;
  has_shrunk_ = true;
  settle(now);
  return true;
}

}  // namespace pigeon::sctp
