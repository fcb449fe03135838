#include "apps/peerpigeon/inbox.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <variant>

#include <sys/eventfd.h>
#include <unistd.h>

namespace peerpigeon {

namespace {

using pigeon::NodeEvent;
using pigeon::PeerId;
using pigeon::StreamId;

/// Which room an event takes.
enum class Kind {
  /// Follows from what this program does, or is bounded by the count of links and hubs.
  essential,
  message,
  /// Part of an incoming stream.
  stream,
};

struct Cost {
  Kind kind = Kind::message;
  /// Bytes beyond the event itself.
  std::size_t bytes = 0;
};

struct Pricer {
  Cost operator()(const pigeon::HubStatusChanged&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::PeerConnected&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::PeerDisconnected&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::MessageDelivered&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::MessageUndelivered&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::StreamWritable&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::StreamCompleted&) const { return {Kind::essential}; }
  Cost operator()(const pigeon::StreamAborted&) const { return {Kind::essential}; }

  Cost operator()(const pigeon::StreamReceived& begun) const {
    const pigeon::StreamInfo& info = begun.info;
    return {Kind::stream, info.type.size() + info.filename.size() + info.mime_type.size() +
                              info.resume_token.size()};
  }
  Cost operator()(const pigeon::StreamData& data) const { return {Kind::stream, data.data.size()}; }

  Cost operator()(const pigeon::MessageReceived& message) const {
    return {Kind::message, message.text.size() + message.json.size()};
  }
  Cost operator()(const pigeon::BinaryReceived& message) const {
    return {Kind::message, message.data.size()};
  }
  Cost operator()(const pigeon::PeerKeyAdded& key) const {
    return {Kind::message, key.public_key.size()};
  }
  Cost operator()(const pigeon::PeerEvicted& evicted) const {
    return {Kind::message, evicted.reason.size()};
  }
  Cost operator()(const pigeon::ConnectFailed& failed) const {
    return {Kind::message, failed.reason.size()};
  }
  Cost operator()(const pigeon::NodeWarning& warning) const {
    return {Kind::message, warning.message.size()};
  }
  template <class Other>
  Cost operator()(const Other&) const {
    return {};
  }
};

Cost cost_of(const NodeEvent& event) {
  Cost cost = std::visit(Pricer(), event);
  cost.bytes += sizeof(Arrival);
  return cost;
}

/// The incoming or outgoing stream that an event is of.
std::optional<StreamId> stream_of(const NodeEvent& event) {
  return std::visit(
      [](const auto& of) -> std::optional<StreamId> {
        if constexpr (requires { of.stream; }) return of.stream;
        return std::nullopt;
      },
      event);
}

/// Who sends the stream.
PeerId sender_of(const NodeEvent& event) {
  if (const auto* begun = std::get_if<pigeon::StreamReceived>(&event)) return begun->peer;
  if (const auto* data = std::get_if<pigeon::StreamData>(&event)) return data->peer;
  return {};
}

bool is_end(const NodeEvent& event) {
  return std::holds_alternative<pigeon::StreamCompleted>(event) ||
         std::holds_alternative<pigeon::StreamAborted>(event);
}

/// What waits of a stream that is broken off.
struct Remains {
  bool has_beginning = false;
  bool has_end = false;
};

}  // namespace

Inbox::Inbox(const Room& room)
    : room_(room), descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make an event descriptor");
  }
}

Inbox::~Inbox() { ::close(descriptor_); }

void Inbox::push(Arrival arrival) {
  // The other side words it, and a sentence is short.
  constexpr std::size_t reason_bytes_max = 1'024;
  if (auto* aborted = std::get_if<pigeon::StreamAborted>(&arrival.event)) {
    aborted->reason.resize(std::min(aborted->reason.size(), reason_bytes_max));
  }
  {
    const std::lock_guard lock(mutex_);
    if (!admit(arrival)) return;
    waiting_.push_back(std::move(arrival));
    if (stream_bytes_ > room_.stream_bytes_max) {
      break_off(std::ranges::max_element(stream_bytes_of_, {}, [](const auto& of) {
                  return of.second;
                })->first);
    }
  }
  const std::uint64_t one = 1;
  // Fails only if the counter is full, and then the descriptor is readable anyway.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof(one));
}

/// Counts an event; false if there is no room for it.
bool Inbox::admit(const Arrival& arrival) {
  const auto stream = stream_of(arrival.event);
  if (stream && overrun_.contains({arrival.node, *stream})) {
    pass_over({arrival.node, *stream}, arrival.event);
    return false;
  }
  const Cost cost = cost_of(arrival.event);
  if (cost.kind == Kind::message) {
    if (message_bytes_ + cost.bytes > room_.message_bytes_max) {
      ++dropped_;
      return false;
    }
    message_bytes_ += cost.bytes;
  } else if (cost.kind == Kind::stream) {
    stream_bytes_ += cost.bytes;
    stream_bytes_of_[{arrival.node, sender_of(arrival.event)}] += cost.bytes;
  }
  return true;
}

/// Another event of a stream that is broken off. If that is its end, and nobody has heard of its
/// beginning, there is nothing to tell.
void Inbox::pass_over(const Stream& stream, const NodeEvent& event) {
  if (!is_end(event) || overrun_[stream]) return;
  std::erase_if(waiting_, [&](const Arrival& waiting) {
    return waiting.is_overrun && waiting.node == stream.first &&
           stream_of(waiting.event) == stream.second;
  });
  overrun_.erase(stream);
}

/// Removes all that waits of the streams from `sender`, and says in its place that they broke off.
void Inbox::break_off(const Sender& sender) {
  const auto [node, peer] = sender;
  std::map<StreamId, Remains> streams;
  for (const Arrival& waiting : waiting_) {
    if (waiting.node != node || cost_of(waiting.event).kind != Kind::stream) continue;
    if (sender_of(waiting.event) != peer) continue;
    streams[*stream_of(waiting.event)].has_beginning |=
        std::holds_alternative<pigeon::StreamReceived>(waiting.event);
  }
  std::erase_if(waiting_, [&, node = node](const Arrival& waiting) {
    const auto stream = stream_of(waiting.event);
    const auto found = waiting.node == node && stream ? streams.find(*stream) : streams.end();
    if (found == streams.end()) return false;
    found->second.has_end |= is_end(waiting.event);
    return true;
  });
  stream_bytes_ -= stream_bytes_of_[{node, peer}];
  stream_bytes_of_.erase({node, peer});
  for (const auto& [stream, remains] : streams) {
    // Nobody has heard of one that began and ended here.
    if (remains.has_beginning && remains.has_end) continue;
    overrun_.emplace(Stream(node, stream), !remains.has_beginning);
    waiting_.push_back({node, pigeon::StreamAborted{peer, stream, std::string(overrun_reason)},
                        std::chrono::steady_clock::now(), true});
  }
}

std::optional<Arrival> Inbox::take() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(descriptor_, &count, sizeof(count));
    return std::nullopt;
  }
  Arrival first = std::move(waiting_.front());
  waiting_.pop_front();
  const Cost cost = cost_of(first.event);
  if (cost.kind == Kind::message) message_bytes_ -= cost.bytes;
  if (cost.kind == Kind::stream) {
    stream_bytes_ -= cost.bytes;
    const auto of = stream_bytes_of_.find({first.node, sender_of(first.event)});
    of->second -= cost.bytes;
    if (of->second == 0) stream_bytes_of_.erase(of);
  }
  if (first.is_overrun) overrun_.erase({first.node, *stream_of(first.event)});
  return first;
}

std::size_t Inbox::take_dropped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(dropped_, 0);
}

}  // namespace peerpigeon
