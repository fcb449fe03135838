#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "rtc/sctp/packet/packet_reader.hpp"
#include "rtc/sctp/packet/packet_writer.hpp"
#include "rtc/sctp/packet/sack_chunk.hpp"
#include "rtc/sctp/rx/receiver.hpp"

// The first byte of an input chooses DATA or I-DATA and the window; the rest are steps of up to six
// bytes: fragments, FORWARD-TSNs, resets, an application that reads. The sender keeps no rule.

namespace {

using namespace pigeon;
using namespace pigeon::sctp;

constexpr std::size_t message_bytes_max = 2'000;
constexpr std::size_t fragment_bytes_max = 255;

/// Reads the input byte by byte; zeros follow its end.
class Input {
 public:
  explicit Input(BytesView bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::uint8_t next() {
    if (bytes_.empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

 private:
  BytesView bytes_;
};

/// Mostly near the cumulative TSN, sometimes far from it.
WireTsn choose_tsn(const Receiver& receiver, std::uint8_t choice) {
  if (choice == 255) return receiver.cumulative_tsn() + 0x7fff'ff00U;
  if (choice == 254) return receiver.cumulative_tsn() + 0xffffU;
  return receiver.cumulative_tsn() + choice - 8U;
}

/// False if the association would end.
bool receive_fragment(Receiver& receiver, Input& input, bool interleaved) {
  static const Bytes payload(fragment_bytes_max, 'x');
  const WireTsn tsn = choose_tsn(receiver, input.next());
  const std::uint8_t flags = input.next();
  const std::uint8_t message = input.next();
  const std::uint8_t size = input.next();
  const bool beginning = (flags & 2U) != 0;
  const DataChunk chunk = {
      .interleaved = interleaved,
      .immediate = (flags & 8U) != 0,
      .unordered = (flags & 4U) != 0,
      .beginning = beginning,
      .ending = (flags & 1U) != 0,
      .tsn = tsn,
      .stream = static_cast<StreamId>(flags >> 6U),
      .message = message == 255 ? 0xfff0U : message,
      .fragment = interleaved && !beginning ? std::uint32_t{1} + (flags >> 4U & 3U) : 0,
      .payload = BytesView(payload).first(size)};
  const Receipt receipt = receiver.receive(chunk);
  return receipt != Receipt::violation && receipt != Receipt::message_too_big &&
         receipt != Receipt::no_user_data;
}

void forward(Receiver& receiver, Input& input, bool interleaved) {
  const WireTsn tsn = choose_tsn(receiver, input.next());
  const std::uint8_t flags = input.next();
  const auto stream = static_cast<StreamId>(flags >> 6U);
  const std::array<SkippedSsn, 1> ssns = {SkippedSsn{stream, input.next()}};
  const std::array<SkippedMid, 1> mids = {SkippedMid{stream, (flags & 4U) != 0, ssns[0].ssn}};
  const bool taken = interleaved
                         ? receiver.forward(IForwardTsnChunk{.cumulative_tsn = tsn,
                                                             .skipped = ItemList<SkippedMid>(mids)})
                         : receiver.forward(ForwardTsnChunk{.cumulative_tsn = tsn,
                                                            .skipped = ItemList<SkippedSsn>(ssns)});
  PIGEON_ASSERT(taken);
}

void reset(Receiver& receiver, Input& input) {
  const std::array<StreamId, 1> streams = {static_cast<StreamId>(input.next() & 7U)};
  receiver.reset_streams(
      {.last_tsn = choose_tsn(receiver, input.next()),
       .streams = streams[0] > 3 ? ItemList<StreamId>() : ItemList<StreamId>(streams)});
  receiver.take_reset();
}

void check_sack(Receiver& receiver) {
  std::array<std::uint8_t, 200> room{};
  PacketWriter writer(room, {});
  PIGEON_ASSERT(receiver.write_sack(writer));
  auto reader = PacketReader::open(writer.finish());
  const auto sack = decode_sack(*reader->next());
  PIGEON_ASSERT(sack->cumulative_tsn == receiver.cumulative_tsn());
  std::uint32_t last = 0;
  for (const GapBlock gap : sack->gaps) {
    // A gap lies before each block.
    PIGEON_ASSERT(gap.first > last + 1);
    PIGEON_ASSERT(gap.first <= gap.last);
    last = gap.last;
  }
  PIGEON_ASSERT(!receiver.sack_due());
}

void pop(Receiver& receiver) {
  const auto message = receiver.pop();
  if (message) PIGEON_ASSERT(message->bytes.size() <= message_bytes_max);
}

/// Whatever came: with everything given up and taken nothing is left.
void check_end(Receiver& receiver, bool interleaved) {
  const WireTsn tsn = receiver.cumulative_tsn() + 0x2'0000U;
  const bool taken = interleaved ? receiver.forward(IForwardTsnChunk{.cumulative_tsn = tsn})
                                 : receiver.forward(ForwardTsnChunk{.cumulative_tsn = tsn});
  PIGEON_ASSERT(taken);
  const bool done = receiver.reset_streams({.last_tsn = tsn}) == ReconfigResult::performed;
  PIGEON_ASSERT(done);
  while (receiver.has_message()) pop(receiver);
  PIGEON_ASSERT(receiver.buffered_bytes() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(BytesView(data, size));
  const std::uint8_t settings = input.next();
  const bool interleaved = (settings & 1U) != 0;
  const std::uint32_t window = 1'000U + settings * 16U;
  Receiver receiver(0xffff'ffc0U, {.reassembly = {.interleaved = interleaved,
                                                  .message_bytes_max = message_bytes_max,
                                                  .stream_count = 3},
                                   .tracker = {.range_count_max = 20},
                                   .window_bytes = window});
  while (!input.empty()) {
    const std::uint8_t step = input.next();
    if (step < 0xc0) {
      if (!receive_fragment(receiver, input, interleaved)) return 0;
    } else if (step < 0xd0) {
      forward(receiver, input, interleaved);
    } else if (step < 0xd8) {
      reset(receiver, input);
    } else if (step < 0xe8) {
      check_sack(receiver);
    } else {
      pop(receiver);
    }
    // A lonely fragment may be the first of its message.
    constexpr std::size_t last_piece = fragment_bytes_max + 2 * piece_overhead;
    PIGEON_ASSERT(receiver.buffered_bytes() <= std::size_t{3} * window + last_piece);
  }
  check_end(receiver, interleaved);
  return 0;
}
