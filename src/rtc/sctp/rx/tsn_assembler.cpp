#include "rtc/sctp/rx/tsn_assembler.hpp"

#include <utility>

namespace pigeon::sctp {

namespace {

template <class Fragment>
bool belongs(const Assembly& assembly, const Fragment& fragment, std::uint32_t number) {
  return assembly.message.stream == fragment.stream &&
         assembly.message.unordered == fragment.unordered &&
         // RFC 9260 section 3.3.1: without order the SSN means nothing.
         (fragment.unordered || assembly.number == number);
}

}  // namespace

Receipt TsnAssembler::receive(Tsn tsn, const DataChunk& fragment, std::optional<Assembly>& whole) {
  if (fragment.payload.size() > message_bytes_max_) return Receipt::message_too_big;
  if (fragment.beginning) return begin(tsn, fragment, whole);
  if (!select_head(tsn)) {
    lonely_.emplace(tsn,
                    LonelyFragment{.ending = fragment.ending,
                                   .stream = fragment.stream,
                                   .unordered = fragment.unordered,
                                   .number = fragment.message,
                                   .payload = {fragment.payload.begin(), fragment.payload.end()}});
    cost_ += fragment.payload.size() + piece_overhead;
    return Receipt::taken;
  }
  Assembly& assembly = current_->assembly;
  if (!belongs(assembly, fragment, fragment.message)) return Receipt::violation;
  if (fragment.payload.size() > message_bytes_max_ - assembly.message.bytes.size()) {
    return Receipt::message_too_big;
  }
  assembly.append(fragment.payload);
  cost_ += fragment.payload.size();
  ++current_->next;
  return finish_current(fragment.ending, whole);
}

void TsnAssembler::drop_to(Tsn tsn) {
  put_current_aside();
  // In the order of their first TSNs, so that it ends with the first that stays.
  while (!heads_.empty() && heads_.begin()->second.first <= tsn) {
    cost_ -= cost_of(heads_.begin()->second.assembly.message);
    heads_.erase(heads_.begin());
  }
  drop_orphans(tsn);
}

void TsnAssembler::drop_orphans(Tsn cumulative) {
  // Had the start of its message come, it would have been appended to it.
  while (!lonely_.empty() && lonely_.begin()->first <= cumulative) {
    cost_ -= lonely_.begin()->second.payload.size() + piece_overhead;
    lonely_.erase(lonely_.begin());
  }
}

Receipt TsnAssembler::begin(Tsn tsn, const DataChunk& fragment, std::optional<Assembly>& whole) {
  // The message before has no end.
  if ((current_ && current_->next == tsn) || heads_.contains(tsn)) return Receipt::violation;
  Assembly assembly = {
      .number = fragment.message,
      .message = {
          .stream = fragment.stream, .unordered = fragment.unordered, .ppid = fragment.ppid}};
  if (fragment.ending) {
    assembly.append(fragment.payload);
    whole = std::move(assembly);
    return Receipt::taken;
  }
  put_current_aside();
  // A guess is for one message at a time, so that many that begin cannot multiply it.
  if (heads_.empty()) size_guess_.prepare(assembly.message.bytes, fragment.payload.size());
  assembly.append(fragment.payload);
  cost_ += cost_of(assembly.message);
  current_ = Head{.first = tsn, .next = tsn + 1, .assembly = std::move(assembly)};
  return finish_current(false, whole);
}

/// Appends the fragments that waited for the current message, and hands it out if it is whole.
Receipt TsnAssembler::finish_current(bool ended, std::optional<Assembly>& whole) {
  Assembly& assembly = current_->assembly;
  while (!ended && !lonely_.empty()) {
    const auto next = lonely_.find(current_->next);
    if (next == lonely_.end()) break;
    const LonelyFragment& fragment = next->second;
    if (!belongs(assembly, fragment, fragment.number)) return Receipt::violation;
    if (fragment.payload.size() > message_bytes_max_ - assembly.message.bytes.size()) {
      return Receipt::message_too_big;
    }
    assembly.append(fragment.payload);
    cost_ -= piece_overhead;
    ended = fragment.ending;
    lonely_.erase(next);
    ++current_->next;
  }
  if (!ended) return Receipt::taken;
  cost_ -= cost_of(assembly.message);
  size_guess_.learn(assembly.message.bytes);
  whole = std::move(assembly);
  current_.reset();
  return Receipt::taken;
}

/// Makes the message that `next` continues the current one; false if there is none.
bool TsnAssembler::select_head(Tsn next) {
  if (current_ && current_->next == next) return true;
  const auto found = heads_.find(next);
  if (found == heads_.end()) return false;
  Head head = std::move(found->second);
  heads_.erase(found);
  put_current_aside();
  current_ = std::move(head);
  return true;
}

void TsnAssembler::put_current_aside() {
  if (!current_) return;
  const Tsn next = current_->next;
  heads_.emplace(next, *std::exchange(current_, std::nullopt));
}

}  // namespace pigeon::sctp
