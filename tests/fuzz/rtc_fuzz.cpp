#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "rtc/peer_connection.hpp"
#include "suite/seeded_openssl.hpp"
#include "tests/fuzz/rtc_fuzz_side.hpp"
#include "tests/fuzz/script.hpp"

// Two peer connections under a stranger's script: it loses, repeats, changes, delays and invents
// datagrams, also from a third address, lets time pass, tampers with descriptions and candidates,
// and calls what an application may call, in any order. Since DTLS protects them, messages arrive
// as they were sent, at most once and in order, whatever happens; and both sides stay within their
// bounds, fall silent, and end.

namespace {

using namespace pigeon;
using namespace pigeon::rtc;
using fuzz::Script;

constexpr std::size_t side_count = 2;
constexpr std::size_t steps_max = 300;
constexpr std::size_t under_way_max = 256;
/// More datagrams than any state may send without another input.
constexpr std::size_t burst_max = 2'000;
constexpr std::size_t wakes_max = 20'000;
/// What a UDP datagram may hold in an Ethernet frame under IPv4.
constexpr std::size_t datagram_max = 1'472;

constexpr SocketAddress stranger = v4(66, 666);

class World {
 public:
  explicit World(Script& input) : input_(input) {
    const std::uint8_t first = input_.byte();
    sides_[0] = std::make_unique<Side>(std::uint8_t{1}, first);
    sides_[1] = std::make_unique<Side>(std::uint8_t{2}, input_.byte());
    // Otherwise few scripts would come as far.
    if ((first & 0x80U) == 0) connect();
  }

  void step() {
    const std::uint8_t choice = input_.byte();
    Side& side = *sides_[choice >> 7U];
    Side& other = *sides_[1 - (choice >> 7U)];
    switch (choice % 16) {
      case 0:
      case 1:
      case 2:
        deliver_some();
        break;
      case 3:
        disturb();
        break;
      case 4:
        inject(side);
        break;
      case 5:
        pass(1ms * input_.byte());
        break;
      case 6:
        pass(200ms * input_.byte());
        break;
      case 7:
        skip_to_timeout();
        break;
      case 8:
        create_channel(side);
        break;
      case 9:
        use_channel(side);
        break;
      case 10:
      case 11:
        send(side);
        break;
      case 12:
        describe(side);
        break;
      case 13:
        set_remote(side, other);
        break;
      case 14:
        add_candidate(side, other);
        break;
      default:
        control(side, other);
        break;
    }
    settle();
  }

  /// Both sides end, and then nothing is left to be done.
  void finish() {
    for (const auto& side : sides_) {
      side->is_deaf = false;
      close(*side);
    }
    settle();
    for (const auto& side : sides_) PIGEON_ASSERT(side->has_told_end);
    pass(60s);
    for (const auto& side : sides_) {
      PIGEON_ASSERT(side->connection.next_timeout() == Instant::max());
      PIGEON_ASSERT(side->keys().empty());
    }
  }

 private:
  struct Packet {
    std::size_t to = 0;
    AddressPair path;  // as the receiver sees it
    Bytes bytes;
  };
  using Place = std::deque<Packet>::iterator;

  // ---- The network

  Place pick() {
    return under_way_.begin() + static_cast<std::ptrdiff_t>(input_.below(under_way_.size()));
  }

  void deliver(Place place) {
    const Packet packet = std::move(*place);
    under_way_.erase(place);
    sides_[packet.to]->connection.receive(packet.path, packet.bytes, now_);
  }

  void deliver_some() {
    for (std::size_t i = 1 + input_.below(32); i != 0 && !under_way_.empty(); --i) {
      deliver(under_way_.begin());
      if (i % 4 == 0) settle();
    }
  }

  void disturb() {
    if (under_way_.empty()) return;
    const Place place = pick();
    switch (input_.byte() % 6) {
      case 0:
        under_way_.erase(place);
        return;
      case 1:
        return deliver(place);
      case 2:
        sides_[place->to]->connection.receive(place->path, place->bytes, now_);
        return;
      case 3:
        for (std::size_t count = 1 + input_.below(4); count != 0; --count) {
          place->bytes[input_.below(place->bytes.size())] ^= input_.byte();
        }
        return;
      case 4:
        place->path.remote = stranger;
        return;
      default: {
        // Thrown back at its sender.
        const Packet packet = *place;
        sides_[1 - packet.to]->connection.receive({packet.path.remote, packet.path.local},
                                                  packet.bytes, now_);
      }
    }
  }

  void inject(Side& side) {
    const SocketAddress from = input_.byte() % 2 == 0 ? other_of(side).address : stranger;
    side.connection.receive({side.address, from}, input_.bytes(), now_);
  }

  Side& other_of(const Side& side) { return *sides_[&side == sides_[0].get() ? 1 : 0]; }

  // ---- Time

  void pass(Duration span) {
    const Instant end = now_.monotonic + span;
    for (std::size_t wakes = 0; next_timeout() <= end; ++wakes) {
      PIGEON_ASSERT(wakes < wakes_max);
      skip_to_timeout();
    }
    now_.monotonic = end;
  }

  Instant next_timeout() const {
    return std::min(sides_[0]->connection.next_timeout(), sides_[1]->connection.next_timeout());
  }

  void skip_to_timeout() {
    if (next_timeout() == Instant::max()) return;
    now_.monotonic = std::max(now_.monotonic, next_timeout());
    for (const auto& side : sides_) {
      if (side->connection.next_timeout() <= now_.monotonic) side->connection.handle_timeout(now_);
    }
    settle();
    PIGEON_ASSERT(next_timeout() > now_.monotonic);
  }

  // ---- Channels

  void create_channel(Side& side) {
    const std::uint8_t flags = input_.byte();
    DataChannelInit init;
    init.ordered = (flags & 1U) == 0;
    if ((flags & 2U) != 0) init.max_retransmits = flags >> 6U;
    if ((flags & 4U) != 0) init.max_packet_life_time_ms = flags;
    if ((flags & 8U) != 0) init.id = input_.byte() % 8;
    init.negotiated = (flags & 16U) != 0;
    if ((flags & 32U) != 0) init.protocol = input_.text();
    const auto made =
        side.connection.create_data_channel(std::string(input_.text()), std::move(init), now_);
    if (made) PIGEON_ASSERT(side.channels.emplace(*made, Side::Channel{}).second);
  }

  std::optional<ChannelKey> pick_channel(const Side& side) {
    const std::vector<ChannelKey> keys = side.keys();
    if (keys.empty()) return std::nullopt;
    return keys[input_.below(keys.size())];
  }

  void use_channel(Side& side) {
    const auto key = pick_channel(side);
    const std::uint8_t choice = input_.byte();
    if (!key) return;
    if (choice % 4 == 0) return side.connection.close_data_channel(*key);
    side.connection.set_buffered_amount_low_threshold(*key, 100 * std::size_t{choice});
    PIGEON_ASSERT(side.connection.buffered_amount(*key) <= buffer_max);
  }

  void send(Side& side) {
    const auto key = pick_channel(side);
    const std::size_t size = std::max<std::size_t>(input_.number(), 4);
    if (!key) return;
    const DataChannel* const channel = side.connection.data_channel(*key);
    // Gone, and not told yet.
    if (channel == nullptr) return;
    const bool ordered = channel->init.ordered;
    const bool is_text = size % 2 == 0;
    const std::uint32_t number = ++message_count_;
    const auto done = side.connection.send(*key, message_of(number, size), is_text, now_);
    if (done) side.sent[number] = {.size = size, .ordered = ordered, .is_text = is_text};
  }

  // ---- Signaling

  void keep(Side& side, SessionDescription description) {
    if (side.descriptions.size() == signals_max) side.descriptions.pop_front();
    side.descriptions.push_back(std::move(description));
  }

  void describe(Side& side) {
    PeerConnection& connection = side.connection;
    switch (input_.byte() % 8) {
      case 0:
        (void)connection.set_local_description({SdpType::rollback, ""}, now_);
        return;
      case 1: {
        const auto offer = connection.create_offer(true);
        if (offer && connection.set_local_description(*offer, now_)) keep(side, *offer);
        return;
      }
      case 2: {
        auto answer = connection.create_answer();
        if (!answer) return;
        answer->type = SdpType::pranswer;
        if (connection.set_local_description(*answer, now_)) keep(side, *answer);
        return;
      }
      case 3:
        (void)connection.create_offer(input_.byte() % 2 == 0);
        (void)connection.create_answer();
        return;
      case 4:
        if (const auto all = connection.local_description()) keep(side, *all);
        return;
      case 5:
        (void)connection.set_local_description(
            tampered({SdpType::offer, std::string(input_.text())}), now_);
        return;
      default:
        if (const auto made = connection.set_local_description(now_)) keep(side, *made);
    }
  }

  SessionDescription tampered(SessionDescription description) {
    std::string& sdp = description.sdp;
    if (input_.byte() % 8 == 0) description.type = static_cast<SdpType>(input_.byte() % 4);
    if (sdp.empty()) return description;
    const std::size_t at = input_.below(sdp.size());
    switch (input_.byte() % 4) {
      case 0:
        sdp[at] = static_cast<char>(input_.byte());
        break;
      case 1:
        sdp.erase(at, input_.byte());
        break;
      case 2:
        sdp.insert(at, input_.text());
        break;
      default: {
        // A line less.
        const std::size_t start = sdp.rfind('\n', at) + 1;
        sdp.erase(start, sdp.find('\n', at) - start + 1);
        break;
      }
    }
    return description;
  }

  void set_remote(Side& side, Side& other) {
    const std::uint8_t choice = input_.byte();
    if (choice % 8 == 7) {
      (void)side.connection.set_remote_description({SdpType::rollback, ""}, now_);
      return;
    }
    if (other.descriptions.empty()) return;
    SessionDescription description = other.descriptions.front();
    if (choice % 8 < 6) other.descriptions.pop_front();
    if (choice % 8 == 5) description = tampered(std::move(description));
    (void)side.connection.set_remote_description(description, now_);
  }

  void add_candidate(Side& side, Side& other) {
    IceCandidate candidate;
    const std::uint8_t choice = input_.byte();
    if (choice % 4 == 3) {
      candidate.candidate = input_.text();
    } else if (!other.candidates.empty()) {
      candidate = other.candidates.front();
      other.candidates.pop_front();
      if (choice % 4 == 2) candidate.candidate += input_.text();
      if (choice % 4 == 1) candidate.username_fragment += input_.text();
    }
    (void)side.connection.add_ice_candidate(candidate, now_);
  }

  /// As honest applications do it.
  void negotiate(Side& from, Side& to) {
    const auto offer = from.connection.set_local_description(now_);
    if (!offer || !to.connection.set_remote_description(*offer, now_)) return;
    const auto answer = to.connection.set_local_description(now_);
    if (answer) (void)from.connection.set_remote_description(*answer, now_);
  }

  void connect() {
    const auto key = sides_[0]->connection.create_data_channel("chat", {}, now_);
    PIGEON_ASSERT(key.has_value());
    sides_[0]->channels[*key];
    negotiate(*sides_[0], *sides_[1]);
    settle();
    for (std::size_t i = 0; i < side_count; ++i) {
      for (const IceCandidate& candidate : std::exchange(sides_[1 - i]->candidates, {})) {
        (void)sides_[i]->connection.add_ice_candidate(candidate, now_);
      }
    }
    for (int i = 0; i < 200 && !sides_[0]->channels[*key].is_opened; ++i) {
      settle();
      while (!under_way_.empty()) {
        deliver(under_way_.begin());
        settle();
      }
      skip_to_timeout();
    }
    PIGEON_ASSERT(sides_[0]->channels[*key].is_opened);
  }

  // ---- The rest of what an application does

  void control(Side& side, Side& other) {
    PeerConnection& connection = side.connection;
    switch (input_.byte() % 8) {
      case 0:
        if (input_.byte() == 7) close(side);
        return;
      case 1:
        connection.remove_local_address(side.address, now_);
        return;
      case 2:
        connection.add_local_address(side.address, now_);
        return;
      case 3:
        side.is_deaf = !side.is_deaf;
        return;
      case 4:
        return negotiate(side, other);
      case 5:
        side.address.port = static_cast<std::uint16_t>(5'000 + input_.byte() % 4);
        connection.add_local_address(side.address, now_);
        return;
      case 6:
        return use_stream(side);
      default:
        connection.handle_timeout(now_);
    }
  }

  void use_stream(Side& side) {
    if (side.streams.empty()) return;
    const std::uint32_t stream = side.streams[input_.below(side.streams.size())];
    const std::uint8_t choice = input_.byte();
    if (choice % 4 == 0) return side.connection.tcp_connected(stream, side.address, now_);
    if (choice % 4 == 1) return side.connection.tcp_closed(stream, now_);
    side.connection.tcp_received(stream, input_.bytes(), now_);
  }

  void close(Side& side) {
    side.connection.close(now_);
    side.is_closed = true;
  }

  // ---- What every step ends with

  /// Both sides tell and send what they have to.
  void settle() {
    for (std::size_t i = 0; i < side_count; ++i) {
      Side& side = *sides_[i];
      if (!side.is_deaf) side.take_events(now_, sides_[1 - i]->sent);
      std::size_t count = 0;
      for (DatagramBatch batch;; batch.clear()) {
        side.connection.transmit(batch, now_);
        if (batch.empty()) break;
        count += batch.size();
        PIGEON_ASSERT(count < burst_max);
        for (const auto& one : batch.datagrams()) launch(1 - i, one.path, batch.payload(one));
      }
      if (!side.is_deaf) side.take_events(now_, sides_[1 - i]->sent);
      side.check_bounds();
    }
  }

  void launch(std::size_t to, const AddressPair& path, BytesView bytes) {
    PIGEON_ASSERT(bytes.size() <= datagram_max);
    if (under_way_.size() >= under_way_max) return;
    under_way_.push_back({to, {path.remote, path.local}, Bytes(bytes.begin(), bytes.end())});
  }

  Script& input_;
  std::array<std::unique_ptr<Side>, side_count> sides_;
  Now now_{Instant(1h), 1'700'000'000'000};
  std::deque<Packet> under_way_;
  std::uint32_t message_count_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  suite::seed_openssl(Random::from_number(1));
  certificate();
  suite::seed_openssl(Random::from_number(2));
  Script input(data, size);
  World world(input);
  for (std::size_t i = 0; i < steps_max && !input.is_finished(); ++i) world.step();
  world.finish();
  return 0;
}
