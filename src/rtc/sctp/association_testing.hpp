#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "rtc/sctp/association.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"

namespace pigeon::sctp {

/// How packets fare on their way, in both directions.
struct LinkOptions {
  /// Of a thousand.
  unsigned loss = 0;
  unsigned duplication = 0;
  /// Packets that take up to four times as long.
  unsigned reordering = 0;
  Duration delay = 5ms;
  /// Packets that arrive at the same moment are all taken in before any is answered, as from a
  /// socket that reads in batches.
  bool in_batches = false;
  /// Larger packets vanish.
  std::size_t packet_max = 65'536;
  /// Packets under way at a time, as the buffer of a router; more are lost.
  std::size_t queue_max = 100'000;
};

/// Two associations, `left` and `right`, joined by a link with a clock of its own.
class LinkedAssociations {
 public:
  enum Side : std::size_t { left = 0, right = 1 };

  explicit LinkedAssociations(std::uint64_t seed = 1, AssociationOptions left_options = {},
                              AssociationOptions right_options = {})
      : random_(Random::from_number(seed)),
        options_{left_options, right_options},
        ends_{Association(left_options, random_.split()),
              Association(right_options, random_.split())} {}

  Association& operator[](Side side) { return ends_[side]; }
  Now now() const { return {.monotonic = now_, .wall_ms = 0}; }
  LinkOptions& link() { return link_; }

  /// Both sides begin, as in WebRTC, and the time until both are established passes.
  void connect() {
    begin();
    run_until([this] { return is_established(); });
  }
  void begin() {
    ends_[left].connect(now());
    ends_[right].connect(now());
  }
  bool is_established() const {
    return ends_[left].state() == AssociationState::established &&
           ends_[right].state() == AssociationState::established;
  }

  /// The side loses its state, and begins anew.
  void replace(Side side) {
    ends_[side] = Association(options_[side], random_.split());
    events_[side].clear();
  }

  /// Moves what is due, then time to the next thing that happens; false if nothing is left to
  /// happen before `end`.
  bool step(Instant end = Instant::max()) {
    flush();
    Instant next = std::min(ends_[left].next_timeout(), ends_[right].next_timeout());
    if (!under_way_.empty()) next = std::min(next, under_way_.begin()->first.first);
    if (next == Instant::max() || next > end) return false;
    now_ = std::max(now_, next);
    while (!under_way_.empty() && under_way_.begin()->first.first <= now_) {
      const Delivery delivery = std::move(under_way_.extract(under_way_.begin()).mapped());
      note_tag(delivery.to, delivery.packet);
      if (tap_) tap_(delivery.to, delivery.packet);
      ends_[delivery.to].receive(delivery.packet, now());
      take_events(delivery.to);
      if (!link_.in_batches) flush();
    }
    for (const Side side : {left, right}) {
      if (ends_[side].next_timeout() > now_) continue;
      ends_[side].handle_timeout(now());
      take_events(side);
    }
    return true;
  }

  /// Until the condition holds; false if it does not within `limit`.
  template <class Condition>
  bool run_until(Condition condition, Duration limit = 600s) {
    const Instant end = now_ + limit;
    flush();
    while (!condition()) {
      if (!step(end)) {
        now_ = end;
        return condition();
      }
    }
    return true;
  }
  void run_for(Duration duration) {
    const Instant end = now_ + duration;
    while (step(end)) {
    }
    now_ = end;
    flush();
  }

  /// Sends what both sides have to send.
  void flush() {
    for (const Side side : {left, right}) {
      std::array<std::uint8_t, 65'536> out;
      while (const std::size_t size = ends_[side].transmit(out, now())) {
        ++packets_sent_[side];
        largest_packet_[side] = std::max(largest_packet_[side], size);
        carry(side == left ? right : left,
              Bytes(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)));
      }
      take_events(side);
    }
  }

  /// A packet as if it came from the other side, at once.
  void inject(Side to, BytesView packet) {
    ends_[to].receive(packet, now());
    take_events(to);
  }

  /// Gives a side a packet with the chunks that `write` appends, under the tag that the other side
  /// used last, or under another one.
  template <class Write>
  void forge(Side to, Write write, std::optional<std::uint32_t> tag = std::nullopt) {
    std::array<std::uint8_t, 2'048> out{};
    PacketWriter packet(out, {.source_port = 5'000,
                              .destination_port = 5'000,
                              .verification_tag = tag.value_or(tags_[to])});
    write(packet);
    inject(to, packet.finish());
  }
  /// The tag on the last packet that arrived at a side.
  std::uint32_t tag_to(Side side) const { return tags_[side]; }

  /// Sees each packet when it arrives.
  void set_tap(std::function<void(Side, const Bytes&)> tap) { tap_ = std::move(tap); }
  /// Whether the side's application reads; if not, events stay in the association.
  void set_reading(Side side, bool reads) {
    reads_[side] = reads;
    if (reads) take_events(side);
  }

  /// Everything that was reported to a side.
  std::vector<AssociationEvent>& events(Side side) { return events_[side]; }
  template <class Event>
  std::vector<Event> events_of(Side side) const {
    std::vector<Event> found;
    for (const AssociationEvent& event : events_[side]) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    }
    return found;
  }
  template <class Event>
  std::size_t count(Side side) const {
    return static_cast<std::size_t>(
        std::count_if(events_[side].begin(), events_[side].end(),
                      [](const auto& event) { return std::holds_alternative<Event>(event); }));
  }
  std::size_t packets_sent(Side side) const { return packets_sent_[side]; }
  std::size_t largest_packet(Side side) const { return largest_packet_[side]; }
  std::size_t packets_under_way() const { return under_way_.size(); }

 private:
  struct Delivery {
    Side to;
    Bytes packet;
  };

  void note_tag(Side to, const Bytes& packet) {
    const auto reader = PacketReader::open(packet, ZeroChecksum::accepted);
    if (reader && reader->header().verification_tag != 0) {
      tags_[to] = reader->header().verification_tag;
    }
  }

  void take_events(Side side) {
    if (!reads_[side]) return;
    for (AssociationEvent& event : ends_[side].take_events()) {
      events_[side].push_back(std::move(event));
    }
  }

  void carry(Side to, Bytes packet) {
    if (packet.size() > link_.packet_max || under_way_.size() >= link_.queue_max) return;
    if (random_.chance(link_.loss, 1'000)) return;
    if (random_.chance(link_.duplication, 1'000)) put_under_way(to, packet);
    put_under_way(to, std::move(packet));
  }

  void put_under_way(Side to, Bytes packet) {
    Duration delay = link_.delay;
    if (random_.chance(link_.reordering, 1'000)) {
      delay += Duration(static_cast<Duration::rep>(
          random_.below(static_cast<std::uint64_t>(3 * link_.delay.count()) + 1)));
    }
    under_way_.emplace(std::pair(now_ + delay, ++packet_count_), Delivery{to, std::move(packet)});
  }

  Random random_;
  std::array<AssociationOptions, 2> options_;
  std::array<Association, 2> ends_;
  LinkOptions link_;
  Instant now_ = Instant{} + 1h;
  /// By the moment of arrival, then by the order of sending.
  std::map<std::pair<Instant, std::uint64_t>, Delivery> under_way_;
  std::uint64_t packet_count_ = 0;
  std::array<std::vector<AssociationEvent>, 2> events_;
  std::array<std::size_t, 2> packets_sent_{};
  std::array<std::size_t, 2> largest_packet_{};
  std::array<std::uint32_t, 2> tags_{};
  std::array<bool, 2> reads_ = {true, true};
  std::function<void(Side, const Bytes&)> tap_;
};

/// Bytes that differ from message to message and from place to place.
inline Bytes test_message(std::size_t size, std::uint64_t number) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(number * 131 + i * 7 + (i >> 8U));
  }
  return bytes;
}

}  // namespace pigeon::sctp
