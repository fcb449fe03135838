#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "rtc/sctp/association.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "tests/fuzz/script.hpp"

// Two associations under a stranger's script, which decides what is sent and called, how packets
// are lost, brought out of order, repeated and changed (with a checksum that is right again), and
// how time passes. Whatever happens, both stay within their bounds; and as long as no packet was
// changed, what arrives on a reliable stream is what was sent, once and in order.

namespace {

using namespace pigeon;
using namespace pigeon::sctp;
using fuzz::Script;

constexpr std::size_t side_count = 2;
/// Bounds of what an association holds in this test, far below what the script could ask for.
constexpr std::size_t buffer_max = 300'000;
constexpr std::size_t under_way_max = 512;
/// More packets than any state may send without another input.
constexpr std::size_t burst_max = 5'000;

AssociationOptions options_for(std::uint8_t choice) {
  AssociationOptions options;
  options.sending.buffer_max = buffer_max;
  options.message_receive_max = 100'000;
  options.message_send_max = 100'000;
  options.receive_window = 200'000;
  options.interleaving = (choice & 1U) == 0;
  options.partial_reliability = (choice & 2U) == 0;
  options.zero_checksum = (choice & 4U) == 0;
  if ((choice & 8U) != 0) options.packet_max = 600;
  if ((choice & 16U) != 0) options.streams_in_max = 3;
  return options;
}

/// A message whose bytes tell which one it is.
Bytes message_of(std::uint32_t number, std::size_t size) {
  Bytes bytes(std::max<std::size_t>(size, 4));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(number >> (8 * (i % 4)));
  }
  return bytes;
}

class Pair {
 public:
  explicit Pair(Script& script)
      : options_{options_for(script.byte()), options_for(script.byte())},
        random_(Random::from_number(script.byte())),
        ends_{Association(options_[0], random_.split()),
              Association(options_[1], random_.split())} {}

  void act(Script& script) {
    const std::uint8_t choice = script.byte();
    const std::size_t side = choice >> 7U;
    switch (choice & 0x0FU) {
      case 0:
        ends_[side].connect(now());
        break;
      case 1:
      case 2:
        send(side, script);
        break;
      case 3: {
        const std::array<StreamId, 2> streams = {static_cast<StreamId>(script.byte() % 8),
                                                 static_cast<StreamId>(script.byte() % 8)};
        ends_[side].reset_streams(streams);
        break;
      }
      case 4:
        if (script.byte() == 7) ends_[side].shutdown(now());
        break;
      case 5:
        if (script.byte() == 7) ends_[side].abort("The script says so.");
        break;
      case 6:
        pass_time(Duration(static_cast<Duration::rep>(script.number()) * 1'000));
        break;
      case 7:
        skip_to_timeout();
        break;
      case 8:
        if (!under_way_.empty()) under_way_.erase(pick(script));
        break;
      case 9:
        if (!under_way_.empty() && under_way_.size() < under_way_max) {
          under_way_.push_back(*pick(script));
        }
        break;
      case 10:
        change(script);
        break;
      case 11:
        reads_[side] = !reads_[side];
        break;
      case 12:
        if (script.byte() == 9) replace(side);
        break;
      case 13:
        if (!under_way_.empty()) deliver(pick(script));
        break;
      default:
        for (std::size_t i = 1 + script.byte() % 32U; i != 0 && !under_way_.empty(); --i) {
          deliver(under_way_.begin());
        }
        break;
    }
    settle();
  }

 private:
  struct Packet {
    std::size_t to;
    Bytes bytes;
  };
  using Place = std::deque<Packet>::iterator;

  Now now() const { return {.monotonic = now_, .wall_ms = 0}; }

  Place pick(Script& script) {
    return under_way_.begin() + static_cast<std::ptrdiff_t>(script.number() % under_way_.size());
  }

  void deliver(Place place) {
    const Packet packet = std::move(*place);
    under_way_.erase(place);
    ends_[packet.to].receive(packet.bytes, now());
  }

  void send(std::size_t side, Script& script) {
    const std::uint8_t kind = script.byte();
    const auto stream = static_cast<StreamId>(kind % 8);
    SendOptions options;
    options.ordered = (kind & 8U) == 0;
    const bool is_reliable = (kind & 0x30U) != 0x30U;
    if ((kind & 0x70U) == 0x30U) options.max_retransmits = kind >> 7U;
    if ((kind & 0x70U) == 0x70U) options.lifetime = 100ms;
    const std::size_t size = script.number() % 70'000;
    const std::uint32_t number = ++message_count_;
    const SendStatus status =
        ends_[side].send(stream, Ppid::binary, message_of(number, size), options, now());
    if (status != SendStatus::queued) return;
    if (is_reliable && options.ordered) reliable_[side].insert(number);
  }

  void pass_time(Duration duration) {
    now_ += duration;
    for (Association& end : ends_) end.handle_timeout(now());
  }

  void skip_to_timeout() {
    const Instant next = std::min(ends_[0].next_timeout(), ends_[1].next_timeout());
    if (next == Instant::max()) return;
    now_ = std::max(now_, next);
    for (Association& end : ends_) end.handle_timeout(now());
    for (const Association& end : ends_) PIGEON_ASSERT(end.next_timeout() > now_);
  }

  void change(Script& script) {
    if (under_way_.empty()) return;
    Bytes& packet = pick(script)->bytes;
    for (std::size_t count = 1 + script.byte() % 4U; count != 0; --count) {
      packet[script.number() % packet.size()] ^= script.byte();
    }
    if (packet.size() >= packet_header_size) {
      const std::uint32_t sum = packet_checksum(packet);
      for (unsigned i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::uint8_t>(sum >> (8 * i));
    }
    is_honest_ = false;
  }

  void replace(std::size_t side) {
    ends_[side] = Association(options_[side], random_.split());
    is_closed_[side] = false;
    is_honest_ = false;
  }

  /// Pulls what is to be sent, takes the events, and looks at the bounds.
  void settle() {
    for (std::size_t side = 0; side < side_count; ++side) {
      std::array<std::uint8_t, 1'500> out{};
      std::size_t count = 0;
      while (const std::size_t size = ends_[side].transmit(out, now())) {
        PIGEON_ASSERT(size <= out.size());
        PIGEON_ASSERT(++count < burst_max);
        if (under_way_.size() < under_way_max) {
          under_way_.push_back(
              {1 - side, Bytes(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size))});
        }
      }
      if (reads_[side]) take_events(side);
      const AssociationStats stats = ends_[side].stats();
      PIGEON_ASSERT(stats.send_buffer_bytes <= buffer_max);
      PIGEON_ASSERT(stats.receive_buffer_bytes <= 8 * options_[side].receive_window);
      PIGEON_ASSERT(stats.bytes_in_flight <= 2 * buffer_max + 100'000);
    }
  }

  void take_events(std::size_t side) {
    for (const AssociationEvent& event : ends_[side].take_events()) {
      PIGEON_ASSERT(!is_closed_[side]);
      if (std::holds_alternative<Closed>(event)) is_closed_[side] = true;
      const auto* message = std::get_if<MessageReceived>(&event);
      if (message != nullptr && is_honest_) check(side, *message);
    }
  }

  void check(std::size_t side, const MessageReceived& message) {
    PIGEON_ASSERT(message.payload.size() >= 4);
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i) {
      number |= static_cast<std::uint32_t>(message.payload[i]) << (8 * i);
    }
    PIGEON_ASSERT(message.payload == message_of(number, message.payload.size()));
    PIGEON_ASSERT(arrived_[side].insert(number).second);
    if (!reliable_[1 - side].contains(number)) return;
    std::uint32_t& last = last_[side][message.stream];
    PIGEON_ASSERT(number > last);
    last = number;
  }

  std::array<AssociationOptions, side_count> options_;
  Random random_;
  std::array<Association, side_count> ends_;
  Instant now_ = Instant{} + 1h;
  std::deque<Packet> under_way_;
  std::array<bool, side_count> reads_ = {true, true};
  std::array<bool, side_count> is_closed_{};
  /// No packet was changed, and no side has lost its state.
  bool is_honest_ = true;
  std::uint32_t message_count_ = 0;
  std::array<std::set<std::uint32_t>, side_count> reliable_;
  std::array<std::set<std::uint32_t>, side_count> arrived_;
  std::array<std::map<StreamId, std::uint32_t>, side_count> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  Pair pair(script);
  while (!script.is_finished()) pair.act(script);
  return 0;
}
