#include "tests/interop/node/peer/transfers.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace pigeon::interop {

Result<void, NodeError> Transfers::send(Node& node, const PeerId& to, StreamInfo info, Bytes data) {
  info.total_size = data.size();
  const auto stream = node.open_stream(to, std::move(info));
  if (!stream) return Unexpected(stream.error());
  sending_[*stream] = {.data = std::move(data)};
  return {};
}

Result<void, NodeError> Transfers::broadcast(Node& node, StreamInfo info, Bytes data) {
  info.total_size = data.size();
  const auto stream = node.open_broadcast_stream(std::move(info));
  if (!stream) return Unexpected(stream.error());
  sending_[*stream] = {.data = std::move(data)};
  return {};
}

void Transfers::follow(Node& node, const NodeEvent& event) {
  if (const auto* room = std::get_if<StreamWritable>(&event)) {
    write(node, *room);
  } else if (const auto* begun = std::get_if<StreamReceived>(&event)) {
    receiving_[begun->stream] = {};
  } else if (const auto* piece = std::get_if<StreamData>(&event)) {
    Bytes& all = receiving_[piece->stream];
    all.insert(all.end(), piece->data.begin(), piece->data.end());
  }
}

std::optional<std::string> Transfers::finish(StreamId stream) {
  sending_.erase(stream);
  const auto ended = receiving_.extract(stream);
  if (ended.empty()) return std::nullopt;
  return sha256_hex(ended.mapped());
}

void Transfers::write(Node& node, const StreamWritable& room) {
  const auto found = sending_.find(room.stream);
  if (found == sending_.end()) return;
  Sending& sending = found->second;
  const std::size_t end = std::min(sending.next + room.bytes, sending.data.size());
  if (end == sending.next) return;
  const auto at = [&](std::size_t index) {
    return sending.data.begin() + static_cast<std::ptrdiff_t>(index);
  };
  if (!node.write_stream(room.stream, {at(sending.next), at(end)})) return;
  sending.next = end;
  if (end == sending.data.size()) (void)node.end_stream(room.stream);
}

}  // namespace pigeon::interop
