#include "transfer/incoming_broadcasts.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace pigeon::transfer {

namespace {

constexpr std::string_view too_long = "more bytes than were stated";

std::string closed_key(const PeerId& from, std::string_view id) {
  return from.to_text() + std::string(id);
}

}  // namespace

IncomingBroadcasts::IncomingBroadcasts(const BroadcastOptions& options, const KeyedHash& hash)
    : options_(options),
      closed_({.count_max = options.closed_max}, hash),
      closed_verified_({.count_max = options.closed_max}, hash) {}

bool IncomingBroadcasts::receive(const BroadcastSource& source, wire::BroadcastChunk chunk,
                                 Shared& shared, Now now) {
  const Name name{source.from, source.is_verified, std::string(chunk.stream)};
  if (is_closed(name)) return true;
  auto at = streams_.find(name);
  if (at == streams_.end()) {
    // Whoever comes to a stream that is under way hears nothing of it.
    if (chunk.index >= options_.reorder_count_max) return true;
    if (!make_room(source, shared, now)) return false;
    at = open(name, source.neighbor, now);
  }
  Stream& stream = at->second;
  if (chunk.index < stream.next_index || stream.early.contains(chunk.index)) return true;
  if (const auto reason = refusal(*at, chunk); !reason.empty()) {
    return break_off(at, reason, shared);
  }
  stream.last_heard = now.monotonic;
  if (chunk.index != stream.next_index) {
    if (!stream.has_gap()) stream.gap_since = now.monotonic;
    stream.early_bytes += chunk.data.size();
    stream.early.emplace(chunk.index, std::move(chunk.data));
    return true;
  }
  if (chunk.index == 0) {
    const auto metadata = chunk.metadata.value_or(wire::BroadcastMetadata{});
    begin(at, metadata, metadata.total_size ? metadata.total_size : chunk.total_size, shared);
  }
  if (const auto reason = deliver(at, std::move(chunk.data), shared); !reason.empty()) {
    return break_off(at, reason, shared);
  }
  return go_on(at, shared, now);
}

bool IncomingBroadcasts::receive(const BroadcastSource& source, const wire::BroadcastEnd& end,
                                 Shared& shared, Now now) {
  const Name name{source.from, source.is_verified, std::string(end.stream)};
  if (is_closed(name)) return true;
  auto at = streams_.find(name);
  if (at == streams_.end()) {
    if (end.total_chunks >= options_.reorder_count_max) return true;
    if (!make_room(source, shared, now)) return false;
    at = open(name, source.neighbor, now);
    // Upstream sends no chunk of a stream without bytes.
    if (end.total_chunks == 0) begin(at, end.metadata, end.metadata.total_size, shared);
  }
  Stream& stream = at->second;
  if (stream.end) return true;
  const bool is_short = end.total_chunks < stream.next_index ||
                        (!stream.early.empty() && stream.early.rbegin()->first >= end.total_chunks);
  if (is_short) return break_off(at, "more chunks than were stated", shared);
  if (!stream.has_gap()) stream.gap_since = now.monotonic;
  stream.last_heard = now.monotonic;
  stream.end = Stream::End{end.total_chunks, end.total_bytes};
  return go_on(at, shared, now);
}

bool IncomingBroadcasts::receive(const BroadcastSource& source, const wire::BroadcastAbort& abort,
                                 Shared& shared) {
  const Name name{source.from, source.is_verified, std::string(abort.stream)};
  const auto at = streams_.find(name);
  if (at == streams_.end()) {
    // It may have overtaken what it ends.
    remember_closed(name);
    return true;
  }
  break_off(at, first_bytes(abort.reason, reason_bytes_max), shared);
  return true;
}

void IncomingBroadcasts::abort(StreamKey key, Shared& shared) {
  close(streams_.find(names_.at(key)), shared);
}

void IncomingBroadcasts::abort_all(std::string_view reason, Shared& shared) {
  while (!streams_.empty()) break_off(streams_.begin(), reason, shared);
}

void IncomingBroadcasts::handle_timeout(Shared& shared, Now now) {
  for (auto at = streams_.begin(); at != streams_.end();) {
    const auto late = at++;
    const Stream& stream = late->second;
    if (deadline(stream) > now.monotonic) continue;
    const bool is_silent = now.monotonic - stream.last_heard >= options_.silence_max;
    break_off(late, is_silent ? "nothing more has come" : "chunks are missing", shared);
  }
}

Instant IncomingBroadcasts::next_timeout() const {
  Instant next = Instant::max();
  for (const auto& [name, stream] : streams_) next = std::min(next, deadline(stream));
  return next;
}

Instant IncomingBroadcasts::deadline(const Stream& stream) const {
  const Instant silent = stream.last_heard + options_.silence_max;
  return stream.has_gap() ? std::min(silent, stream.gap_since + options_.gap_max) : silent;
}

void IncomingBroadcasts::remember_closed(const Name& name) {
  Closed& closed = name.is_verified ? closed_verified_ : closed_;
  closed.insert(closed_key(name.from, name.id), Instant{});
}

bool IncomingBroadcasts::is_closed(const Name& name) {
  Closed& closed = name.is_verified ? closed_verified_ : closed_;
  return closed.touch(closed_key(name.from, name.id), Instant{});
}

/// Of proven senders and of others there is room for as many each. A stream that is silent while it
/// should go on gives way to a new one: nobody holds places by beginning streams. None gives way in
/// vain: its place has to be one under each bound that is reached.
bool IncomingBroadcasts::make_room(const BroadcastSource& source, Shared& shared, Now now) {
  const auto is_of_kind = [&](const Streams::value_type& entry) {
    return entry.first.is_verified == source.is_verified;
  };
  const auto is_of_sender = [&](const Streams::value_type& entry) {
    return is_of_kind(entry) && entry.first.from == source.from;
  };
  const auto is_of_neighbor = [&](const Streams::value_type& entry) {
    return is_of_kind(entry) && entry.second.neighbor == source.neighbor;
  };
  const auto reaches = [&](const auto& counts, std::size_t places) {
    return static_cast<std::size_t>(std::ranges::count_if(streams_, counts)) >= places;
  };
  const bool is_sender_full = reaches(is_of_sender, options_.per_sender_max);
  const bool is_neighbor_full = reaches(is_of_neighbor, options_.per_neighbor_max);
  const bool is_full = reaches(is_of_kind, options_.incoming_max);
  if (!is_full && !is_sender_full && !is_neighbor_full) return true;
  auto oldest = streams_.end();
  for (auto at = streams_.begin(); at != streams_.end(); ++at) {
    const bool would_do = is_of_kind(*at) && (!is_sender_full || is_of_sender(*at)) &&
                          (!is_neighbor_full || is_of_neighbor(*at));
    if (!would_do) continue;
    if (oldest == streams_.end() || at->second.last_heard < oldest->second.last_heard) oldest = at;
  }
  const bool gives_way =
      oldest != streams_.end() && now.monotonic - oldest->second.last_heard >= options_.yield_after;
  if (gives_way) break_off(oldest, "nothing more has come, and others wait", shared);
  return gives_way;
}

bool IncomingBroadcasts::has_room(const Streams::value_type& wanted, std::size_t bytes) const {
  std::size_t all = bytes;
  std::size_t of_neighbor = bytes;
  for (const auto& [name, stream] : streams_) {
    if (name.is_verified != wanted.first.is_verified) continue;
    all += stream.early_bytes;
    if (stream.neighbor == wanted.second.neighbor) of_neighbor += stream.early_bytes;
  }
  return all <= options_.reorder_total_max && of_neighbor <= options_.reorder_neighbor_max &&
         wanted.second.early_bytes + bytes <= options_.reorder_bytes_max;
}

std::string_view IncomingBroadcasts::refusal(const Streams::value_type& entry,
                                             const wire::BroadcastChunk& chunk) const {
  const Stream& stream = entry.second;
  if (stream.end && chunk.index >= stream.end->chunks) return "more chunks than were stated";
  if (chunk.index == stream.next_index) return {};
  const bool is_near = chunk.index - stream.next_index < options_.reorder_count_max;
  if (!is_near || !has_room(entry, chunk.data.size())) return "chunks are missing";
  return {};
}

IncomingBroadcasts::Streams::iterator IncomingBroadcasts::open(const Name& name,
                                                               const PeerId& neighbor, Now now) {
  return streams_
      .emplace(
          name,
          Stream{.neighbor = neighbor, .last_heard = now.monotonic, .gap_since = now.monotonic})
      .first;
}

void IncomingBroadcasts::begin(Streams::iterator at, const wire::BroadcastMetadata& metadata,
                               std::optional<std::uint64_t> total_size, Shared& shared) {
  Stream& stream = at->second;
  stream.total_size = total_size;
  stream.key = shared.keys.issue();
  names_.emplace(*stream.key, at->first);
  shared.effects.emplace_back(StreamBegan{.from = at->first.from,
                                          .stream = *stream.key,
                                          .meta = {.type = std::string(metadata.type),
                                                   .filename = std::string(metadata.filename),
                                                   .mime_type = std::string(metadata.mime_type),
                                                   .total_size = total_size},
                                          .is_broadcast = true,
                                          .is_verified = at->first.is_verified});
}

std::string_view IncomingBroadcasts::deliver(Streams::iterator at, Bytes data, Shared& shared) {
  Stream& stream = at->second;
  ++stream.next_index;
  stream.received += data.size();
  if (stream.received > stream.total_size.value_or(stream.received)) return too_long;
  if (stream.end && stream.received > stream.end->bytes) return too_long;
  const std::uint64_t bytes_max = shared.options.stream_bytes_max;
  const bool is_bounded = bytes_max != 0;
  if (is_bounded && std::max(stream.received, stream.total_size.value_or(0)) > bytes_max) {
    return "too large";
  }
  if (!data.empty()) {
    shared.effects.emplace_back(StreamBytes{at->first.from, *stream.key, std::move(data)});
  }
  return {};
}

bool IncomingBroadcasts::go_on(Streams::iterator at, Shared& shared, Now now) {
  Stream& stream = at->second;
  if (!stream.key) return true;
  stream.gap_since = now.monotonic;
  while (!stream.early.empty() && stream.early.begin()->first == stream.next_index) {
    Bytes data = std::move(stream.early.begin()->second);
    stream.early.erase(stream.early.begin());
    stream.early_bytes -= data.size();
    if (const auto reason = deliver(at, std::move(data), shared); !reason.empty()) {
      return break_off(at, reason, shared);
    }
  }
  if (!stream.end || stream.next_index < stream.end->chunks) return true;
  return finish(at, shared);
}

bool IncomingBroadcasts::finish(Streams::iterator at, Shared& shared) {
  const Stream& stream = at->second;
  const std::uint64_t received = stream.received;
  if (received != stream.end->bytes || received != stream.total_size.value_or(received)) {
    return break_off(at, "fewer bytes than were stated", shared);
  }
  shared.effects.emplace_back(StreamEnded{at->first.from, *stream.key, received});
  close(at, shared);
  return true;
}

bool IncomingBroadcasts::break_off(Streams::iterator at, std::string_view reason, Shared& shared) {
  if (at->second.key) {
    shared.effects.emplace_back(StreamBroken{at->first.from, *at->second.key, std::string(reason)});
  }
  close(at, shared);
  return false;
}

void IncomingBroadcasts::close(Streams::iterator at, Shared& shared) {
  remember_closed(at->first);
  if (at->second.key) {
    shared.keys.retire(*at->second.key);
    names_.erase(*at->second.key);
  }
  streams_.erase(at);
}

}  // namespace pigeon::transfer
