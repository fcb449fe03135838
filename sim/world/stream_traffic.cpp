#include "sim/world/stream_traffic.hpp"

#include <algorithm>
#include <charconv>
#include <type_traits>
#include <variant>

#include "base/assert.hpp"
#include "sim/checkers/delivery_ledger.hpp"

namespace pigeon::sim {

namespace {

constexpr std::string_view name_mark = "stream ";
/// The number of a message is its beginning.
constexpr std::size_t number_bytes = 8;

/// What lies at a place of a stream, or of a message behind its number.
std::uint8_t byte_at(std::size_t number, std::size_t place) {
  return static_cast<std::uint8_t>(((number + 1) * place * 2'654'435'761U) >> 13U);
}

std::optional<std::size_t> number_in(std::string_view name) {
  if (!name.starts_with(name_mark)) return std::nullopt;
  name.remove_prefix(name_mark.size());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

bool are_linked(const MeshNode& node, const PeerId& peer) {
  const auto links = node.links();
  return std::binary_search(links.begin(), links.end(), peer);
}

}  // namespace

StreamTraffic::StreamTraffic(MeshWorld& world) : world_(world) {
  world_.set_observer([this](MeshNode& node, const NodeEvent& event) {
    // An event is no place for commands, and may come before the command that caused it has given
    // the number of its stream.
    world_.scheduler().after(Duration::zero(), [this, &node, event] { see(node, event); });
  });
}

StreamTraffic::Number StreamTraffic::send_stream(MeshNode& from, const PeerId& to,
                                                 std::size_t bytes) {
  const Number number{streams_.size()};
  streams_.push_back({.from = &from, .to = to, .total = bytes});
  open(number);
  return number;
}

void StreamTraffic::open(Number number) {
  Stream& stream = at(number);
  StreamInfo info;
  info.total_size = stream.total;
  info.resume_token = name_mark;
  info.resume_token += std::to_string(static_cast<std::size_t>(number));
  // A stream whose receiver does not say in time where to go on begins anew without its token.
  info.filename = info.resume_token;
  const auto opened = stream.from->command(
      [&](node::Node& core, Now now) { return core.open_stream(stream.to, info, now); });
  if (!opened) return;
  stream.sending = *opened;
  stream.has_begun = false;
  stream.room = 0;
  ends_[{stream.from->number(), *opened}] = number;
}

void StreamTraffic::give_up_some_stream(Random& random) {
  std::vector<Stream*> under_way;
  for (Stream& stream : streams_) {
    if (stream.sending && stream.from->is_up()) under_way.push_back(&stream);
  }
  if (under_way.empty()) return;
  Stream& stream = *under_way[random.index(under_way.size())];
  const auto done = stream.from->command([&](node::Node& core, Now now) {
    return core.abort_stream(*stream.sending, "given up", now);
  });
  if (!done) return;
  // Of one's own abort one is told nothing.
  stream.is_given_up = true;
  stream.sending.reset();
}

void StreamTraffic::send_binary(MeshNode& from, const PeerId& to, std::size_t bytes) {
  PIGEON_ASSERT(bytes >= number_bytes);
  const std::size_t number = messages_.size();
  Bytes data(bytes);
  for (std::size_t i = 0; i < number_bytes; ++i) {
    data[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  for (std::size_t i = number_bytes; i < bytes; ++i) data[i] = byte_at(number, i);
  messages_.push_back({.from = from.id(), .to = to, .bytes = bytes});
  const auto sent =
      from.command([&](node::Node& core, Now now) { return core.send_binary(to, data, now); });
  if (!sent) messages_.back().bytes = 0;
}

void StreamTraffic::resume() {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const Stream& stream = streams_[i];
    // A sender that has handed everything to a channel that broke does not know it: somebody tells.
    if (stream.is_complete || stream.is_given_up || stream.sending || stream.receiving) continue;
    if (!stream.from->is_up()) continue;
    if (are_linked(*stream.from, stream.to)) {
      open(Number(i));
    } else {
      (void)stream.from->command(
          [&](node::Node& core, Now now) { return core.connect_to_peer(stream.to, now); });
    }
  }
}

bool StreamTraffic::is_all_complete() const {
  return std::all_of(streams_.begin(), streams_.end(), [](const Stream& stream) {
    return (stream.is_complete || stream.is_given_up) && !stream.sending && !stream.receiving;
  });
}

void StreamTraffic::check_end() const {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const Stream& stream = streams_[i];
    const std::string name = "stream " + std::to_string(i);
    if (!stream.is_complete && !stream.is_given_up) {
      report(*stream.from, name + " has brought " + std::to_string(stream.received) + " of " +
                               std::to_string(stream.total) + " bytes to " + short_name(stream.to));
    }
    if (stream.sending) report(*stream.from, name + " has no end here");
    if (stream.receiving) {
      report(*stream.from, name + " has no end at " + short_name(stream.to));
    }
  }
}

void StreamTraffic::see(MeshNode& node, const NodeEvent& event) {
  std::visit(
      [&](const auto& typed) {
        if constexpr (requires { take(node, typed); }) take(node, typed);
      },
      event);
}

void StreamTraffic::take(MeshNode& node, const StreamReceived& event) {
  const auto number = number_in(event.info.filename);
  if (!number || *number >= streams_.size() || streams_[*number].to != node.id() ||
      streams_[*number].from->id() != event.peer) {
    report(node, "is sent a stream that nobody has begun");
    return;
  }
  Stream& stream = streams_[*number];
  if (stream.is_complete) report(node, "is sent again what is complete");
  if (stream.receiving) report(node, "is sent again what has not broken off");
  // Who has forgotten how much has come begins anew.
  if (event.offset != 0 && event.offset != stream.received) {
    report(node, "is to go on at " + std::to_string(event.offset) + " and has " +
                     std::to_string(stream.received) + " bytes");
  }
  if (event.offset > 0) ++resumed_count_;
  stream.received = static_cast<std::size_t>(event.offset);
  stream.receiving = event.stream;
  ends_[{node.number(), event.stream}] = Number(*number);
}

void StreamTraffic::take(MeshNode& node, const StreamData& event) {
  Stream* stream = find(node, event.stream);
  if (stream == nullptr) return;
  const auto number = static_cast<std::size_t>(stream - streams_.data());
  bool is_intact = stream->receiving == event.stream;
  for (const std::uint8_t byte : event.data) {
    is_intact = is_intact && byte == byte_at(number, stream->received++);
  }
  if (!is_intact) report(node, "gets bytes of a stream that were not sent so");
}

void StreamTraffic::take(MeshNode& node, const StreamWritable& event) {
  Stream* stream = find(node, event.stream);
  if (stream == nullptr || stream->sending != event.stream) return;
  if (!std::exchange(stream->has_begun, true)) {
    stream->written = static_cast<std::size_t>(event.offset);
  }
  stream->room += event.bytes;
  write(*stream);
}

void StreamTraffic::write(Stream& stream) {
  Bytes data(std::min(stream.room, stream.total - stream.written));
  const auto number = static_cast<std::size_t>(&stream - streams_.data());
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = byte_at(number, stream.written + i);
  const auto done = stream.from->command(
      [&](node::Node& core, Now now) { return core.write_stream(*stream.sending, data, now); });
  // Refused for want of room, or because the news that it is over is under way.
  if (!done) return;
  stream.room -= data.size();
  stream.written += data.size();
  if (stream.written == stream.total) finish_writing(stream);
}

void StreamTraffic::finish_writing(Stream& stream) {
  const auto ended = stream.from->command(
      [&](node::Node& core, Now now) { return core.end_stream(*stream.sending, now); });
  if (!ended) report(*stream.from, "cannot end a stream: " + ended.error().message);
}

void StreamTraffic::take(MeshNode& node, const StreamCompleted& event) {
  Stream* stream = find(node, event.stream);
  if (stream == nullptr) return;
  if (event.total_bytes != stream->total) {
    report(node, "is told of a complete stream of " + std::to_string(event.total_bytes) +
                     " bytes in place of " + std::to_string(stream->total));
  }
  if (&node == stream->from) {
    stream->sending.reset();
    return;
  }
  if (stream->received != stream->total || stream->is_complete) {
    report(node, "is told that a stream is complete which is not");
  }
  stream->is_complete = true;
  stream->receiving.reset();
}

void StreamTraffic::take(MeshNode& node, const StreamAborted& event) {
  Stream* stream = find(node, event.stream);
  if (stream == nullptr) return;
  (&node == stream->from ? stream->sending : stream->receiving).reset();
}

void StreamTraffic::take(MeshNode& node, const BinaryReceived& event) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < std::min(number_bytes, event.data.size()); ++i) {
    number |= std::uint64_t{event.data[i]} << (8 * i);
  }
  const bool is_known = number < messages_.size() && messages_[number].bytes == event.data.size() &&
                        messages_[number].from == event.from && messages_[number].to == node.id();
  bool is_intact = is_known;
  for (std::size_t i = number_bytes; is_intact && i < event.data.size(); ++i) {
    is_intact = event.data[i] == byte_at(number, i);
  }
  if (!is_intact) report(node, "gets a binary message that nobody has sent so");
  if (++arrived_messages_[number] > 1) report(node, "gets a binary message twice");
}

StreamTraffic::Stream* StreamTraffic::find(const MeshNode& node, StreamId stream) {
  const auto found = ends_.find({node.number(), stream});
  if (found == ends_.end()) {
    report(node, "is told of a stream that it neither sends nor gets");
    return nullptr;
  }
  Stream& known = at(found->second);
  const auto& open = &node == known.from ? known.sending : known.receiving;
  if (open != stream && !known.is_given_up) report(node, "is told of a stream after its end");
  return &known;
}

void StreamTraffic::report(const MeshNode& node, std::string sentence) const {
  world_.report(node, std::move(sentence));
}

}  // namespace pigeon::sim
