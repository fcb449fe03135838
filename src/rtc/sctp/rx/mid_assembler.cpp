#include "rtc/sctp/rx/mid_assembler.hpp"

#include <utility>

namespace pigeon::sctp {

Receipt MidAssembler::receive(std::uint64_t mid, const DataChunk& fragment,
                              std::optional<Assembly>& whole) {
  if (fragment.payload.size() > message_bytes_max_) return Receipt::message_too_big;
  // RFC 8260 section 2.1: only the first fragment has place 0.
  if (!fragment.beginning && fragment.fragment == 0) return Receipt::violation;
  if (fragment.beginning && fragment.ending) return receive_whole(mid, fragment, whole);
  const auto found = partial_of(mid, fragment);
  Partial& partial = found->second;
  if (fragment.fragment < partial.next || partial.ended) return Receipt::violation;
  if (fragment.fragment > partial.next) {
    LonelyFragment lonely = {.ending = fragment.ending,
                             .payload = {fragment.payload.begin(), fragment.payload.end()}};
    if (!partial.lonely.emplace(fragment.fragment, std::move(lonely)).second) {
      return Receipt::violation;
    }
    cost_ += fragment.payload.size() + piece_overhead;
    return Receipt::taken;
  }
  if (fragment.beginning) {
    partial.assembly.message.ppid = fragment.ppid;
    // As in TsnAssembler, a guess is for one message at a time.
    if (partials_.size() == 1) {
      size_guess_.prepare(partial.assembly.message.bytes, fragment.payload.size());
    }
  }
  const Receipt receipt = append(partial, fragment.payload, fragment.ending);
  if (receipt != Receipt::taken) return receipt;
  const Receipt rest = append_lonely(partial);
  if (rest != Receipt::taken || !partial.ended) return rest;
  if (!partial.lonely.empty()) return Receipt::violation;
  size_guess_.learn(partial.assembly.message.bytes);
  whole = std::move(partial.assembly);
  cost_ -= cost_of(whole->message);
  partials_.erase(found);
  return Receipt::taken;
}

void MidAssembler::drop_to(StreamId stream, bool unordered, std::uint64_t mid) {
  auto next = partials_.lower_bound({stream, unordered, 0});
  while (next != partials_.end() && next->first <= Key{stream, unordered, mid}) drop(next++);
}

/// A message of one fragment is copied once and goes through no table.
Receipt MidAssembler::receive_whole(std::uint64_t mid, const DataChunk& fragment,
                                    std::optional<Assembly>& whole) const {
  if (partials_.contains({fragment.stream, fragment.unordered, mid})) return Receipt::violation;
  whole = Assembly{
      .number = fragment.message,
      .message = {
          .stream = fragment.stream, .unordered = fragment.unordered, .ppid = fragment.ppid}};
  whole->append(fragment.payload);
  return Receipt::taken;
}

MidAssembler::Partials::iterator MidAssembler::partial_of(std::uint64_t mid,
                                                          const DataChunk& fragment) {
  const Key key = {fragment.stream, fragment.unordered, mid};
  const auto [found, fresh] = partials_.try_emplace(key);
  if (fresh) {
    found->second.assembly.number = fragment.message;
    found->second.assembly.message.stream = fragment.stream;
    found->second.assembly.message.unordered = fragment.unordered;
    cost_ += piece_overhead;
  }
  return found;
}

Receipt MidAssembler::append(Partial& partial, BytesView payload, bool ending) {
  if (payload.size() > message_bytes_max_ - partial.assembly.message.bytes.size()) {
    return Receipt::message_too_big;
  }
  partial.assembly.append(payload);
  cost_ += payload.size();
  partial.ended = ending;
  ++partial.next;
  return Receipt::taken;
}

Receipt MidAssembler::append_lonely(Partial& partial) {
  while (!partial.ended && !partial.lonely.empty()) {
    const auto first = partial.lonely.begin();
    if (first->first != partial.next) break;
    cost_ -= first->second.payload.size() + piece_overhead;
    const LonelyFragment fragment = std::move(first->second);
    partial.lonely.erase(first);
    const Receipt receipt = append(partial, fragment.payload, fragment.ending);
    if (receipt != Receipt::taken) return receipt;
  }
  return Receipt::taken;
}

void MidAssembler::drop(Partials::iterator partial) {
  for (const auto& [place, fragment] : partial->second.lonely) {
    cost_ -= fragment.payload.size() + piece_overhead;
  }
  cost_ -= cost_of(partial->second.assembly.message);
  partials_.erase(partial);
}

}  // namespace pigeon::sctp
