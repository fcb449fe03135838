#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "transfer/transfers.hpp"
#include "wire/json_reader.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::transfer {

/// Bytes that differ from their neighbors.
inline Bytes some_bytes(std::size_t size, std::uint8_t seed = 1) {
  Bytes bytes(size);
  std::uint32_t state = seed;
  for (std::uint8_t& byte : bytes) {
    state = state * 1'664'525U + 1'013'904'223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  return bytes;
}

/// Hands a text of a neighbor on as a node does: decoded, and by its kind.
inline bool receive_text(Transfers& transfers, const PeerId& from, std::string_view text,
                         wire::JsonReader& reader, Now now) {
  const auto message = wire::decode_peer_message(text, reader);
  if (!message) return false;
  return std::visit(
      [&](const auto& typed) {
        using Message = std::decay_t<decltype(typed)>;
        if constexpr (requires { transfers.receive(from, typed, now); }) {
          return transfers.receive(from, typed, now);
        } else if constexpr (requires { transfers.receive(from, typed); }) {
          return transfers.receive(from, typed);
        } else {
          static_assert(!std::is_same_v<Message, wire::StreamChunk>);
          return false;
        }
      },
      *message);
}

/// One side of a link, with what it has told its application and what waits to be sent.
class Side {
 public:
  using Frame = std::variant<std::string, Bytes>;

  Side(const PeerId& self, const PeerId& other, const TransferOptions& options, std::uint64_t seed)
      : self_(self), other_(other), transfers_(options, Random::from_number(seed)) {
    transfers_.link_opened(other);
  }

  const PeerId& self() const { return self_; }
  const PeerId& other() const { return other_; }
  Transfers& transfers() { return transfers_; }
  Transfers* operator->() { return &transfers_; }

  bool hear(std::string_view text, Now now = {}) {
    return receive_text(transfers_, other_, text, reader_, now);
  }
  bool hear(BytesView data) { return transfers_.receive_binary(other_, data); }

  /// Sorts what the calls so far have caused.
  void collect() {
    for (TransferEffect& effect : transfers_.take_effects()) {
      if (auto* text = std::get_if<TransferText>(&effect)) {
        sent_.emplace_back(std::move(text->text));
      } else if (auto* bytes = std::get_if<TransferBytes>(&effect)) {
        sent_.emplace_back(std::move(bytes->data));
      } else if (std::holds_alternative<WantsDrained>(effect)) {
        ++wants_drained_;
      } else {
        events_.push_back(std::move(effect));
      }
    }
  }

  /// What has been sent, oldest first.
  std::vector<Frame> take_sent() {
    collect();
    return std::exchange(sent_, {});
  }
  std::vector<std::string> take_texts() {
    std::vector<std::string> texts;
    for (Frame& frame : take_sent()) {
      if (auto* text = std::get_if<std::string>(&frame)) texts.push_back(std::move(*text));
    }
    return texts;
  }
  /// How often this side has asked to be told of draining.
  std::size_t take_wants_drained() {
    collect();
    return std::exchange(wants_drained_, 0);
  }
  std::vector<TransferEffect> take_events() {
    collect();
    return std::exchange(events_, {});
  }
  /// The events of one kind; the others stay.
  template <class Event>
  std::vector<Event> take() {
    collect();
    std::vector<Event> taken;
    std::vector<TransferEffect> others;
    for (TransferEffect& effect : events_) {
      if (auto* event = std::get_if<Event>(&effect)) {
        taken.push_back(std::move(*event));
      } else {
        others.push_back(std::move(effect));
      }
    }
    events_ = std::move(others);
    return taken;
  }

 private:
  PeerId self_;
  PeerId other_;
  Transfers transfers_;
  wire::JsonReader reader_;
  std::vector<Frame> sent_;
  std::vector<TransferEffect> events_;
  std::size_t wants_drained_ = 0;
};

inline PeerId test_peer(std::uint8_t number) {
  std::array<std::uint8_t, PeerId::byte_count> bytes{};
  bytes.fill(number);
  return PeerId(bytes);
}

inline const PeerId alice = test_peer(0xaa);
inline const PeerId bob = test_peer(0xbb);

/// Two neighbors and the link between them.
class Pair {
 public:
  explicit Pair(const TransferOptions& options = {})
      : a(alice, bob, options, 1), b(bob, alice, options, 2) {}

  /// Carries everything across until nothing is left, and tells whoever asks that its channel has
  /// drained. False if a side has found fault with something.
  bool run(Now now = {}) {
    bool is_well = true;
    for (bool is_moving = true; is_moving;) {
      const bool there = carry(a, b, now, is_well);
      const bool back = carry(b, a, now, is_well);
      is_moving = there || back;
    }
    return is_well;
  }
  /// The link is lost, with what was on the way, and comes again.
  void reconnect(Now now = {}) {
    for (Side* side : {&a, &b}) {
      side->take_sent();
      side->transfers().link_closed(side->other(), now);
      side->transfers().link_opened(side->other());
    }
  }

  Side a;
  Side b;

 private:
  static bool carry(Side& from, Side& to, Now now, bool& is_well) {
    const auto frames = from.take_sent();
    for (const Side::Frame& frame : frames) {
      const auto* text = std::get_if<std::string>(&frame);
      if (!(text != nullptr ? to.hear(*text, now) : to.hear(std::get<Bytes>(frame)))) {
        is_well = false;
      }
    }
    if (from.take_wants_drained() > 0) {
      from.transfers().drained(from.other(), now);
      return true;
    }
    return !frames.empty();
  }
};

}  // namespace pigeon::transfer
