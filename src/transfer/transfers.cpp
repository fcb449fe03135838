#include "transfer/transfers.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace pigeon::transfer {

namespace {

Shared make_shared(const TransferOptions& options, Random random) {
  const KeyedHash hash(random);
  return {.options = options,
          .random = random.split(),
          .hash = hash,
          .keys = {},
          .resumable = ResumeTable(options.resumable_count_max, options.resumable_time_max),
          .answers_due = {},
          .effects = {}};
}

}  // namespace

Transfers::Transfers(const TransferOptions& options, Random random)
    : shared_(make_shared(options, random)),
      incoming_broadcasts_(options.broadcasts, shared_.hash),
      outgoing_broadcasts_(options.broadcasts) {}

void Transfers::link_opened(const PeerId& peer) {
  const TransferOptions& options = shared_.options;
  neighbors_.emplace(peer,
                     Neighbor{.line = {.channel = Channel(peer, options.window / 2),
                                       .announced = AnnouncedFrames(options.announced_count_max),
                                       .closed = {}},
                              .incoming = {},
                              .outgoing = {}});
}

void Transfers::link_closed(const PeerId& peer, Now now) {
  Neighbor* neighbor = find(peer);
  if (neighbor == nullptr) return;
  neighbor->incoming.link_closed(neighbor->line, shared_, now);
  neighbor->outgoing.link_closed(neighbor->line, shared_);
  neighbors_.erase(peer);
  outgoing_broadcasts_.forget(peer);
  if (neighbors_.empty()) outgoing_broadcasts_.abort_all("the last link is over", shared_);
}

void Transfers::drained(const PeerId& peer, Now now) {
  Neighbor* neighbor = find(peer);
  if (neighbor == nullptr) return;
  neighbor->line.channel.drained();
  neighbor->outgoing.drained(neighbor->line, shared_);
  outgoing_broadcasts_.drained(peer, now);
}

bool Transfers::receive(const PeerId& from, const wire::BinaryHeader& message) {
  Neighbor* neighbor = find(from);
  if (neighbor == nullptr) return false;
  if (message.size > shared_.options.binary_bytes_max) {
    neighbor->line.announced.push_unwanted();
    return false;
  }
  return neighbor->line.announced.push(
      {.kind = AnnouncedFrame::Kind::message, .size = message.size});
}

bool Transfers::receive(const PeerId& from, const wire::StreamInit& message, Now now) {
  Neighbor* neighbor = find(from);
  return neighbor != nullptr && neighbor->incoming.begin(message, neighbor->line, shared_, now);
}

bool Transfers::receive(const PeerId& from, const wire::StreamChunk& message) {
  Neighbor* neighbor = find(from);
  return neighbor != nullptr && neighbor->incoming.announce(message, neighbor->line, shared_);
}

bool Transfers::receive(const PeerId& from, const wire::StreamEnd& message) {
  Neighbor* neighbor = find(from);
  return neighbor != nullptr && neighbor->incoming.end(message, neighbor->line, shared_);
}

bool Transfers::receive(const PeerId& from, const wire::StreamAbort& message, Now now) {
  Neighbor* neighbor = find(from);
  if (neighbor == nullptr) return false;
  return neighbor->incoming.abort(message, neighbor->line, shared_, now) ||
         neighbor->outgoing.abort(message, neighbor->line, shared_);
}

bool Transfers::receive(const PeerId& from, const wire::StreamResume& message) {
  Neighbor* neighbor = find(from);
  return neighbor != nullptr && neighbor->outgoing.resume(message, neighbor->line, shared_);
}

bool Transfers::receive_binary(const PeerId& from, BytesView data) {
  Neighbor* neighbor = find(from);
  if (neighbor == nullptr) return false;
  const auto frame = neighbor->line.announced.pop();
  if (!frame) return false;
  switch (frame->kind) {
    case AnnouncedFrame::Kind::unwanted:
      // Its header has been counted.
      return true;
    case AnnouncedFrame::Kind::chunk:
      return neighbor->incoming.receive(*frame, data, neighbor->line, shared_);
    case AnnouncedFrame::Kind::message:
      if (data.size() != frame->size) return false;
      shared_.effects.emplace_back(BinaryArrived{from, Bytes(data.begin(), data.end())});
  }
  return true;
}

Result<void, TransferError> Transfers::send_binary(const PeerId& to, BytesView data) {
  Neighbor* neighbor = find(to);
  if (neighbor == nullptr) return Unexpected(TransferError::not_linked);
  if (data.size() > shared_.options.binary_bytes_max) return Unexpected(TransferError::too_large);
  Channel& channel = neighbor->line.channel;
  if (channel.waiting_bytes() >= shared_.options.binary_window) {
    return Unexpected(TransferError::over_window);
  }
  channel.send_text(wire::encode(wire::BinaryHeader{data.size()}), shared_.effects);
  channel.send_bytes(data, shared_.effects);
  return {};
}

Result<StreamKey, TransferError> Transfers::open(const PeerId& to, StreamMeta meta,
                                                 bool answers_resume, Now now) {
  Neighbor* neighbor = find(to);
  if (neighbor == nullptr) return Unexpected(TransferError::not_linked);
  return neighbor->outgoing.open(std::move(meta), answers_resume, neighbor->line, shared_, now);
}

Result<void, TransferError> Transfers::write(StreamKey stream, BytesView data) {
  if (outgoing_broadcasts_.contains(stream)) return outgoing_broadcasts_.write(stream, data);
  const auto neighbor = find_outgoing(stream);
  if (!neighbor) return Unexpected(neighbor.error());
  return (*neighbor)->outgoing.write(stream, data, (*neighbor)->line, shared_);
}

Result<void, TransferError> Transfers::end(StreamKey stream) {
  if (outgoing_broadcasts_.contains(stream)) return outgoing_broadcasts_.end(stream);
  const auto neighbor = find_outgoing(stream);
  if (!neighbor) return Unexpected(neighbor.error());
  return (*neighbor)->outgoing.end(stream, (*neighbor)->line, shared_);
}

Result<void, TransferError> Transfers::abort(StreamKey stream, std::string_view reason) {
  if (outgoing_broadcasts_.contains(stream)) {
    outgoing_broadcasts_.abort(stream, reason, shared_);
    return {};
  }
  if (incoming_broadcasts_.contains(stream)) {
    incoming_broadcasts_.abort(stream, shared_);
    return {};
  }
  const auto neighbor = find(stream);
  if (!neighbor) return Unexpected(neighbor.error());
  if ((*neighbor)->outgoing.contains(stream)) {
    (*neighbor)->outgoing.abort(stream, reason, (*neighbor)->line, shared_);
  } else {
    (*neighbor)->incoming.abort(stream, reason, (*neighbor)->line, shared_);
  }
  return {};
}

// ---- Streams to everybody

Result<StreamKey, TransferError> Transfers::open_broadcast(const PeerId& self, StreamMeta meta,
                                                           Now now) {
  if (neighbors_.empty()) return Unexpected(TransferError::not_linked);
  return outgoing_broadcasts_.open(std::move(meta), self, shared_, now);
}

std::optional<BroadcastPart> Transfers::take_part(Now now) {
  return outgoing_broadcasts_.take_part(shared_, now);
}

void Transfers::published(std::uint64_t part, std::size_t bytes, Now now) {
  for (auto& [peer, neighbor] : neighbors_) {
    outgoing_broadcasts_.sent_to(peer, bytes, now);
    neighbor.line.channel.want_drained(shared_.effects);
  }
  outgoing_broadcasts_.published(part, bytes, shared_, now);
}

bool Transfers::receive(const BroadcastSource& source, wire::BroadcastChunk message, Now now) {
  return incoming_broadcasts_.receive(source, std::move(message), shared_, now);
}

bool Transfers::receive(const BroadcastSource& source, const wire::BroadcastControl& message,
                        Now now) {
  if (const auto* end = std::get_if<wire::BroadcastEnd>(&message)) {
    return incoming_broadcasts_.receive(source, *end, shared_, now);
  }
  return incoming_broadcasts_.receive(source, std::get<wire::BroadcastAbort>(message), shared_);
}

void Transfers::abort_broadcasts(std::string_view reason) {
  incoming_broadcasts_.abort_all(reason, shared_);
  outgoing_broadcasts_.abort_all(reason, shared_);
}

void Transfers::handle_timeout(Now now) {
  incoming_broadcasts_.handle_timeout(shared_, now);
  outgoing_broadcasts_.handle_timeout(now);
  while (const auto key = shared_.answers_due.pop_due(now.monotonic)) {
    const auto neighbor = find(*key);
    if (!neighbor) continue;
    (*neighbor)->outgoing.begin_without_answer(*key, (*neighbor)->line, shared_, now);
  }
}

Instant Transfers::next_timeout() const {
  return std::min({shared_.answers_due.next(), incoming_broadcasts_.next_timeout(),
                   outgoing_broadcasts_.next_timeout()});
}

std::vector<TransferEffect> Transfers::take_effects() { return std::exchange(shared_.effects, {}); }

Transfers::Neighbor* Transfers::find(const PeerId& peer) {
  const auto found = neighbors_.find(peer);
  return found == neighbors_.end() ? nullptr : &found->second;
}

Result<Transfers::Neighbor*, TransferError> Transfers::find(StreamKey stream) {
  if (const auto peer = shared_.keys.peer_of(stream)) return &neighbors_.at(*peer);
  if (incoming_broadcasts_.contains(stream)) return Unexpected(TransferError::unknown_stream);
  const bool is_over = shared_.keys.was_issued(stream);
  return Unexpected(is_over ? TransferError::ended : TransferError::unknown_stream);
}

Result<Transfers::Neighbor*, TransferError> Transfers::find_outgoing(StreamKey stream) {
  const auto neighbor = find(stream);
  if (neighbor && !(*neighbor)->outgoing.contains(stream)) {
    return Unexpected(TransferError::unknown_stream);
  }
  return neighbor;
}

std::string_view to_string(TransferError error) {
  switch (error) {
    case TransferError::unknown_stream:
      return "no stream of that name can be written";
    case TransferError::over_window:
      return "more than can be sent now";
    case TransferError::too_large:
      return "larger than it may be";
    case TransferError::too_short:
      return "the stream has fewer bytes than were stated";
    case TransferError::too_many:
      return "too many streams are open";
    case TransferError::ended:
      return "the stream is over";
    case TransferError::not_linked:
      return "there is no link to this peer";
  }
  return "unknown";
}

}  // namespace pigeon::transfer
