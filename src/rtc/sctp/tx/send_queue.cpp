#include "rtc/sctp/tx/send_queue.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.hpp"

namespace pigeon::sctp {

namespace {

/// What surely fits into a packet, or into the halves of two.
constexpr std::size_t small_message_size = 1'000;

}  // namespace

void SendQueue::push(MessageStore& store, MessageIndex index) {
  OutgoingMessage& message = store[index];
  Stream& stream = stream_at(message.stream);
  PIGEON_ASSERT(!stream.is_resetting);
  stream.buffered += message.payload.size();
  buffered_ += message.payload.size();
  if (stream.first != no_message) {
    store[stream.last].next = index;
    stream.last = index;
    return;
  }
  stream.first = stream.last = index;
  stream.next_active = nullptr;
  (last_active_ == nullptr ? first_active_ : last_active_->next_active) = &stream;
  last_active_ = &stream;
}

bool SendQueue::prepare(MessageStore& store, Instant now) {
  while (first_active_ != nullptr) {
    const MessageIndex index = first_active_->first;
    const OutgoingMessage& message = store[index];
    // One of which something was sent needs a FORWARD-TSN and is not ours to drop.
    if (message.cut_size != 0 || now < message.expires) {
      if (may_go_on(message)) return true;
      // Another one has begun, hence this comes to an end.
      end_turn();
      continue;
    }
    take_off(*first_active_, message.payload.size());
    pop_message(store);
    store.remove(index);
  }
  return false;
}

bool SendQueue::may_go_on(const OutgoingMessage& message) const {
  const std::size_t size = message.payload.size();
  if (message.cut_size != 0 || begun_bytes_ == 0 || size <= small_message_size) return true;
  return begun_bytes_ + size <= begun_bytes_max_;
}

MessageIndex SendQueue::current() const {
  PIGEON_ASSERT(first_active_ != nullptr);
  return first_active_->first;
}

Fragment SendQueue::cut(MessageStore& store, std::size_t size_max) {
  PIGEON_ASSERT(size_max != 0);
  Stream& stream = *first_active_;
  OutgoingMessage& message = store[stream.first];
  constexpr std::size_t field_max = std::numeric_limits<std::uint16_t>::max();
  const std::size_t size = std::min({size_max, message.remaining(), field_max});
  if (message.cut_size == 0) {
    message.number = message.ordered ? stream.next_ordered++ : stream.next_unordered++;
    begun_bytes_ += message.payload.size();
  }
  const Fragment fragment{.message = stream.first,
                          .offset = message.cut_size,
                          .fsn = message.fragment_count++,
                          .size = static_cast<std::uint16_t>(size),
                          .is_first = message.cut_size == 0,
                          .is_last = size == message.remaining()};
  message.cut_size += static_cast<std::uint32_t>(size);
  message.is_cut = fragment.is_last;
  take_off(stream, size);
  if (fragment.is_last) {
    begun_bytes_ -= message.payload.size();
    pop_message(store);
  } else if (is_interleaving_) {
    end_turn();
  }
  return fragment;
}

void SendQueue::discard_rest(MessageStore& store, MessageIndex index) {
  OutgoingMessage& message = store[index];
  if (message.is_cut) return;
  Stream& stream = stream_at(message.stream);
  PIGEON_ASSERT(stream.first == index);
  take_off(stream, message.remaining());
  if (message.cut_size != 0) begun_bytes_ -= message.payload.size();
  message.is_cut = true;
  // Interleaving: the stream may be waiting for its turn; it is brought to the front first.
  while (first_active_ != &stream) end_turn();
  pop_message(store);
}

/// Takes the first message off the stream whose turn it is, and ends the turn.
void SendQueue::pop_message(MessageStore& store) {
  Stream& stream = *first_active_;
  stream.first = std::exchange(store[stream.first].next, no_message);
  if (stream.first != no_message) {
    end_turn();
    return;
  }
  stream.last = no_message;
  first_active_ = std::exchange(stream.next_active, nullptr);
  if (first_active_ == nullptr) last_active_ = nullptr;
}

void SendQueue::end_turn() {
  if (first_active_ == last_active_) return;
  Stream& stream = *first_active_;
  first_active_ = std::exchange(stream.next_active, nullptr);
  last_active_->next_active = &stream;
  last_active_ = &stream;
}

void SendQueue::take_off(Stream& stream, std::size_t size) {
  const bool was_above = stream.buffered > stream.low_threshold;
  stream.buffered -= size;
  buffered_ -= size;
  if (was_above && stream.buffered <= stream.low_threshold &&
      std::find(low_streams_.begin(), low_streams_.end(), stream.id) == low_streams_.end()) {
    low_streams_.push_back(stream.id);
  }
}

std::size_t SendQueue::buffered_amount(StreamId stream) const {
  const Stream* found = find(stream);
  return found == nullptr ? 0 : found->buffered;
}

void SendQueue::set_low_threshold(StreamId stream, std::size_t amount) {
  stream_at(stream).low_threshold = amount;
}

std::vector<StreamId> SendQueue::take_low_streams() { return std::exchange(low_streams_, {}); }

void SendQueue::begin_reset(StreamId stream) { stream_at(stream).is_resetting = true; }

bool SendQueue::is_resetting(StreamId stream) const {
  const Stream* found = find(stream);
  return found != nullptr && found->is_resetting;
}

void SendQueue::finish_reset(StreamId stream, bool performed) {
  Stream& found = stream_at(stream);
  found.is_resetting = false;
  if (!performed) return;
  // Back to what a stream is that was never used, unless it still waits to be reported.
  if (found.first == no_message) {
    streams_.erase(stream);
  } else {
    found.next_ordered = found.next_unordered = 0;
  }
}

void SendQueue::restart(MessageStore& store) {
  for (auto& [id, stream] : streams_) {
    const MessageIndex index = stream.first;
    if (index != no_message && store[index].cut_size != 0) {
      discard_rest(store, index);
      store.remove(index);
    }
    stream.next_ordered = stream.next_unordered = 0;
    stream.is_resetting = false;
  }
}

SendQueue::Stream& SendQueue::stream_at(StreamId id) {
  const auto [at, is_new] = streams_.try_emplace(id);
  if (is_new) at->second.id = id;
  return at->second;
}

const SendQueue::Stream* SendQueue::find(StreamId id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? nullptr : &at->second;
}

}  // namespace pigeon::sctp
