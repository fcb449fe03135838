#include "rtc/sctp/rx/reassembly.hpp"

#include <limits>
#include <utility>

namespace pigeon::sctp {

Reassembly::Reassembly(ReassemblyOptions options)
    : options_(options), tsns_(options.message_bytes_max), mids_(options.message_bytes_max) {}

Receipt Reassembly::receive(Tsn tsn, const DataChunk& fragment) {
  if (fragment.interleaved != options_.interleaved) return Receipt::violation;
  if (fragment.stream >= options_.stream_count) return Receipt::invalid_stream;
  if (fragment.payload.empty()) return Receipt::no_user_data;
  std::optional<Assembly> whole;
  const Receipt receipt = assemble(tsn, fragment, whole);
  if (receipt != Receipt::taken || !whole) return receipt;
  return deliver(*std::move(whole));
}

void Reassembly::forward(Tsn tsn, const ItemList<SkippedSsn>& skipped) {
  tsns_.drop_to(tsn);
  for (const SkippedSsn one : skipped) {
    if (one.stream < options_.stream_count) stream(one.stream).order.skip(one.ssn, ready_);
  }
}

void Reassembly::forward(const ItemList<SkippedMid>& skipped) {
  for (const SkippedMid one : skipped) {
    if (one.stream >= options_.stream_count) continue;
    Stream& its_stream = stream(one.stream);
    if (one.unordered) {
      mids_.drop_to(one.stream, true, its_stream.unordered.unwrap(one.mid));
      continue;
    }
    mids_.drop_to(one.stream, false, its_stream.order.unwrap(one.mid));
    its_stream.order.skip(one.mid, ready_);
  }
}

void Reassembly::reset_streams(const std::vector<StreamId>& streams) {
  if (streams.empty()) {
    for (auto& [id, its_stream] : streams_) drop(id, its_stream);
    streams_.clear();
  }
  // A stream that is not known begins with 0.
  for (const StreamId id : streams) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) continue;
    drop(id, found->second);
    streams_.erase(found);
  }
}

std::optional<ReceivedMessage> Reassembly::pop() {
  if (ready_.empty()) return std::nullopt;
  ReceivedMessage message = std::move(ready_.front());
  ready_.pop_front();
  whole_cost_ -= cost_of(message);
  return message;
}

Reassembly::Stream& Reassembly::stream(StreamId id) {
  return streams_.try_emplace(id, options_.interleaved).first->second;
}

Receipt Reassembly::assemble(Tsn tsn, const DataChunk& fragment, std::optional<Assembly>& whole) {
  if (!options_.interleaved) return tsns_.receive(tsn, fragment, whole);
  Stream& its_stream = stream(fragment.stream);
  if (fragment.unordered) {
    return mids_.receive(its_stream.unordered.unwrap(fragment.message), fragment, whole);
  }
  // The rest of a message that was given up while it was under way.
  if (its_stream.order.distance(fragment.message) < 0) return Receipt::taken;
  return mids_.receive(its_stream.order.unwrap(fragment.message), fragment, whole);
}

Receipt Reassembly::deliver(Assembly whole) {
  const std::size_t cost = cost_of(whole.message);
  if (whole.message.unordered) {
    ready_.push_back(std::move(whole.message));
  } else {
    MessageOrder& order = stream(whole.message.stream).order;
    // Given up in a FORWARD-TSN that came first.
    if (order.distance(whole.number) < 0) return Receipt::taken;
    if (!order.add(whole.number, std::move(whole.message), ready_)) return Receipt::violation;
  }
  whole_cost_ += cost;
  return Receipt::taken;
}

void Reassembly::drop(StreamId id, const Stream& stream) {
  whole_cost_ -= stream.order.waiting_cost();
  constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
  mids_.drop_to(id, false, all);
  mids_.drop_to(id, true, all);
}

}  // namespace pigeon::sctp
