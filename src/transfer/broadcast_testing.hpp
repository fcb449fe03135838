#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transfer/transfer_testing.hpp"
#include "transfer/transfers.hpp"
#include "wire/broadcast_part.hpp"
#include "wire/json_reader.hpp"

namespace pigeon::transfer {

inline const PeerId carol = test_peer(0xcc);

/// A part as it is on its way.
struct SentPart {
  std::string subtype;
  std::string content;
};

/// One peer with links to two others: sends streams to everybody, and takes theirs.
class Caster {
 public:
  explicit Caster(const TransferOptions& options = {})
      : transfers_(options, Random::from_number(1)) {
    transfers_.link_opened(bob);
    transfers_.link_opened(carol);
  }

  Transfers* operator->() { return &transfers_; }

  StreamKey open(StreamMeta meta = {.type = "binary"}) {
    const auto key = transfers_.open_broadcast(alice, std::move(meta), now);
    EXPECT_TRUE(key);
    return key.value_or(StreamKey{});
  }

  /// The next part, published at once; nothing if it is not time for it.
  std::optional<SentPart> publish(std::size_t message_bytes = 1'000) {
    const auto part = transfers_.take_part(now);
    if (!part) return std::nullopt;
    transfers_.published(part->number, message_bytes, now);
    return SentPart{std::string(part->subtype), part->content};
  }
  std::vector<SentPart> publish_all() {
    std::vector<SentPart> parts;
    while (auto part = publish()) {
      parts.push_back(*std::move(part));
      drain();
    }
    return parts;
  }
  void drain() {
    transfers_.drained(bob, now);
    transfers_.drained(carol, now);
  }
  void pass(Duration duration) {
    now.monotonic += duration;
    transfers_.handle_timeout(now);
  }

  /// Takes a part of another peer, as a node does.
  bool hear(const SentPart& part, bool is_verified = true, const PeerId& from = alice,
            const PeerId& neighbor = bob) {
    const auto content = reader_.parse(part.content);
    if (!content) return false;
    const BroadcastSource source{from, is_verified, neighbor};
    if (part.subtype == "stream-chunk") {
      auto chunk = wire::decode_broadcast_chunk(*content, reader_);
      return chunk && transfers_.receive(source, *std::move(chunk), now);
    }
    const auto control = wire::decode_broadcast_control(*content, reader_);
    return control && transfers_.receive(source, *control, now);
  }

  /// The effects of one kind so far; the others stay.
  template <class Effect>
  std::vector<Effect> take() {
    for (TransferEffect& effect : transfers_.take_effects()) effects_.push_back(std::move(effect));
    std::vector<Effect> taken;
    std::vector<TransferEffect> others;
    for (TransferEffect& effect : effects_) {
      if (auto* typed = std::get_if<Effect>(&effect)) {
        taken.push_back(std::move(*typed));
      } else {
        others.push_back(std::move(effect));
      }
    }
    effects_ = std::move(others);
    return taken;
  }
  /// The bytes of all streams that have arrived since the last call.
  Bytes take_bytes() {
    Bytes all;
    for (const StreamBytes& effect : take<StreamBytes>()) {
      all.insert(all.end(), effect.data.begin(), effect.data.end());
    }
    return all;
  }

  Now now{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};

 private:
  Transfers transfers_;
  wire::JsonReader reader_;
  std::vector<TransferEffect> effects_;
};

inline SentPart chunk_part(std::uint64_t index, const Bytes& data, const std::string& id = "s",
                           std::optional<std::uint64_t> total_size = std::nullopt) {
  wire::BroadcastChunk chunk{.stream = id, .index = index, .data = data, .total_size = total_size};
  if (index == 0) {
    chunk.metadata = wire::BroadcastMetadata{
        .type = "file", .filename = "f", .mime_type = "m", .total_size = total_size};
  }
  return {"stream-chunk", wire::encode_content(chunk, 1)};
}
inline SentPart end_part(std::uint64_t chunks, std::uint64_t bytes, const std::string& id = "s") {
  return {"stream-control", wire::encode_content(wire::BroadcastEnd{id, chunks, bytes, {}}, 1)};
}
inline SentPart abort_part(const std::string& reason, const std::string& id = "s") {
  return {"stream-control", wire::encode_content(wire::BroadcastAbort{id, reason, {}}, 1)};
}

}  // namespace pigeon::transfer
