#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/datagram_batch.hpp"
#include "rtc/ice/turn/allocation.hpp"
#include "rtc/ice/turn/server_testing.hpp"
#include "rtc/ice/turn/stream_decoder.hpp"

// The first byte of an input chooses the transport. The rest are steps, an opcode and its arguments
// each: what the application wants, time that passes, answers that are right, answers that are
// written by the input and signed with the right key, and bytes from nowhere.

namespace {

using namespace pigeon;
using namespace pigeon::ice;

constexpr std::size_t unanswered_max = 64;

class Input {
 public:
  explicit Input(BytesView bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  BytesView rest() const { return rest_; }
  std::uint8_t byte() {
    const BytesView one = take(1);
    return one.empty() ? 0 : one[0];
  }
  BytesView take(std::size_t size) {
    const BytesView taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  SocketAddress peer() { return {IpAddress(IpAddress::V4{192, 0, 2, byte()}), 7}; }

 private:
  BytesView rest_;
};

TurnServer account(TurnTransport transport) {
  return {.address = {IpAddress::loopback_v4(), 3'478},
          .transport = transport,
          .username = "user",
          .password = "secret"};
}

/// A client between an application and a server that both do what the input says.
class Session {
 public:
  explicit Session(TurnTransport transport)
      : client_(account(transport), {IpAddress::loopback_v4(), 1}, Random::from_number(1)) {
    key_.challenge("pigeon.test", "nonce");
    client_.start(now_);
  }

  void step(Input& input) {
    switch (input.byte() % 10) {
      case 0:
        client_.permit(input.peer(), now_);
        break;
      case 1:
        client_.bind_channel(input.peer(), now_);
        break;
      case 2:
        pass_time(input.byte());
        break;
      case 3:
        answer_rightly();
        break;
      case 4:
        give(written_answer(input));
        break;
      case 5:
        give(input.take(input.byte()));
        break;
      case 6:
        wrap(input);
        break;
      case 7:
        bring_data(input);
        break;
      case 8:
        change_answer(input);
        break;
      case 9:
        end(input.byte());
        break;
    }
    check();
  }

 private:
  void pass_time(std::uint8_t steps) {
    for (unsigned i = 0; i < steps % 8U; ++i) {
      const Instant next = client_.next_timeout();
      if (next == Instant::max()) break;
      now_.monotonic = std::max(now_.monotonic, next);
      client_.handle_timeout(now_);
      check();
      // Work that is due once is done; a client that stays due would keep its driver awake.
      PIGEON_ASSERT(client_.next_timeout() > now_.monotonic);
    }
    now_.monotonic += Duration(steps);
  }

  void end(std::uint8_t choice) {
    if (choice < 8) client_.disconnect();
    if (choice >= 8 && choice < 32) client_.release(now_);
  }

  std::optional<Bytes> right_answer() {
    if (unanswered_.empty()) return std::nullopt;
    const Bytes request = unanswered_.front();
    unanswered_.erase(unanswered_.begin());
    return server_.receive(request, now_);
  }

  void answer_rightly() {
    if (const auto answer = right_answer()) give(*answer);
  }

  // A bit is flipped, so that only the sizes, the ids and the integrity may be wrong.
  void change_answer(Input& input) {
    auto answer = right_answer();
    if (!answer) return;
    const std::size_t place = input.byte() | static_cast<std::size_t>(input.byte()) << 8U;
    (*answer)[place % answer->size()] ^= std::max<std::uint8_t>(input.byte(), 1);
    answer->resize(answer->size() - input.byte() % 2U);
    give(*answer);
  }

  /// An answer to the oldest request whose class and attributes are the input's.
  Bytes written_answer(Input& input) {
    Bytes out(4'096);
    TransactionId id{};
    auto method = StunMethod::data;
    if (!unanswered_.empty()) {
      const auto request = decode_stun(unanswered_.front());
      PIGEON_ASSERT(request.has_value());
      id = request->transaction();
      method = request->method();
    }
    const std::uint8_t shape = input.byte();
    const StunClass message_class = (shape & 1U) != 0   ? StunClass::success
                                    : (shape & 2U) != 0 ? StunClass::error
                                                        : StunClass::indication;
    StunWriter writer(out, message_class, method, id);
    for (unsigned i = 0; i < (shape >> 4U); ++i) write_attribute(writer, input);
    if ((shape & 4U) != 0) writer.integrity(key_.key());
    if ((shape & 8U) != 0) writer.fingerprint();
    out.resize(writer.finish());
    return out;
  }

  static void write_attribute(StunWriter& writer, Input& input) {
    static constexpr std::array types = {
        StunAttribute::error_code,
        StunAttribute::channel_number,
        StunAttribute::lifetime,
        StunAttribute::xor_peer_address,
        StunAttribute::data,
        StunAttribute::realm,
        StunAttribute::nonce,
        StunAttribute::xor_relayed_address,
        StunAttribute::xor_mapped_address,
        StunAttribute::alternate_server,
        StunAttribute::unknown_attributes,
        StunAttribute{0x7abc},
    };
    const std::uint8_t type = input.byte();
    const std::uint8_t size = input.byte();
    writer.attribute(types[type % types.size()], input.take(size % 40U));
  }

  void wrap(Input& input) {
    const SocketAddress peer = input.peer();
    const std::size_t room = input.byte();
    const BytesView payload = input.take(input.byte());
    Bytes out(room);
    const std::size_t size = client_.wrap(peer, payload, out);
    PIGEON_ASSERT(size <= room);
    PIGEON_ASSERT(size == 0 || size >= payload.size() + 4);
    if (size != 0) server_.receive(BytesView(out).first(size), now_);
  }

  void bring_data(Input& input) {
    const SocketAddress peer = input.peer();
    const auto message = server_.receive_from_peer(peer, input.take(input.byte()), now_);
    if (message) give(*message);
  }

  void give(BytesView message) {
    // In memory of its own size, so that reading beyond it shows.
    const Bytes copy(message.begin(), message.end());
    if (client_.server().transport == TurnTransport::udp) {
      check_datagram(client_.receive(copy, now_), copy);
      return;
    }
    for (std::size_t i = 0; i < copy.size(); i += 61) {
      const Bytes piece(copy.begin() + static_cast<std::ptrdiff_t>(i),
                        copy.begin() + static_cast<std::ptrdiff_t>(std::min(i + 61, copy.size())));
      BytesView rest = piece;
      while (const auto datagram = client_.receive_stream(rest, now_)) {
        PIGEON_ASSERT(sum(datagram->payload) >= 0);
      }
      PIGEON_ASSERT(rest.empty());
    }
  }

  static int sum(BytesView bytes) {
    int total = 0;
    for (const std::uint8_t byte : bytes) total += byte;
    return total;
  }

  static void check_datagram(const std::optional<RelayedDatagram>& datagram, BytesView message) {
    if (datagram) PIGEON_ASSERT(datagram->payload.size() + 4 <= message.size());
  }

  void check() {
    DatagramBatch batch;
    client_.transmit(batch, now_);
    PIGEON_ASSERT(batch.size() <= turn_transaction_count_max);
    for (const auto& one : batch.datagrams()) {
      const BytesView message = batch.payload(one);
      PIGEON_ASSERT(decode_stun(message).has_value());
      if (unanswered_.size() < unanswered_max)
        unanswered_.emplace_back(message.begin(), message.end());
    }
    for (const TurnEvent& event : client_.take_events()) {
      PIGEON_ASSERT(!ended_);
      ended_ =
          std::holds_alternative<TurnFailed>(event) || std::holds_alternative<TurnReleased>(event);
    }
    PIGEON_ASSERT(ended_ == (client_.state() == TurnState::ended));
    PIGEON_ASSERT(!ended_ || client_.next_timeout() == Instant::max());
    PIGEON_ASSERT(!ended_ || batch.empty());
  }

  Now now_{Instant(1h), 0};
  TurnAllocation client_;
  ModelTurnServer server_{
      {.lifetime = 300s, .forbidden_peers = {IpAddress(IpAddress::V4{192, 0, 2, 9})}}};
  TurnCredentials key_{"user", "secret"};
  std::vector<Bytes> unanswered_;
  bool ended_ = false;
};

std::vector<Bytes> decoded(BytesView stream, std::size_t piece_size) {
  StreamDecoder decoder;
  std::vector<Bytes> messages;
  for (std::size_t i = 0; i < stream.size(); i += piece_size) {
    BytesView piece = stream.subspan(i, std::min(piece_size, stream.size() - i));
    while (const auto message = decoder.next(piece)) {
      PIGEON_ASSERT(message->size() % 4 == 0);
      messages.emplace_back(message->begin(), message->end());
    }
    PIGEON_ASSERT(piece.empty());
    PIGEON_ASSERT(decoder.buffered_bytes() <= i + piece_size);
  }
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(BytesView(data, size));
  const TurnTransport transport =
      (input.byte() & 1U) == 0 ? TurnTransport::udp : TurnTransport::tcp;

  const auto whole = decoded(input.rest(), std::max<std::size_t>(size, 1));
  PIGEON_ASSERT(decoded(input.rest(), 1) == whole);
  PIGEON_ASSERT(decoded(input.rest(), 5) == whole);

  Session session(transport);
  while (!input.empty()) session.step(input);
  return 0;
}
