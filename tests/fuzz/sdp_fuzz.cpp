#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "rtc/sdp/negotiation.hpp"
#include "rtc/sdp/offer_answer.hpp"
#include "rtc/sdp/parse.hpp"
#include "rtc/sdp/write.hpp"

// The input is a session description. What can be read is written so that the same is read again;
// it can be answered, and read as an answer; our next offer keeps its sections.

namespace {

using namespace pigeon;
using namespace pigeon::sdp;

void check_written(const SessionDescription& description) {
  const std::string text = write(description);
  // What the session says is written into each section, so the text can outgrow the limit.
  if (text.size() > text_bytes_max) return;
  const auto again = parse(text);
  PIGEON_ASSERT(again.has_value());
  PIGEON_ASSERT(*again == description);
}

void check_answer(const SessionDescription& offer, LocalParameters parameters) {
  const SessionDescription answer = make_answer(offer, parameters);
  PIGEON_ASSERT(answer.media.size() == offer.media.size());
  check_written(answer);
  const auto from_offer = read_offer(offer);
  const auto agreed = negotiate(answer, offer, LocalSide::answerer);
  PIGEON_ASSERT(agreed.has_value() == from_offer.has_value());
  if (agreed) {
    PIGEON_ASSERT(agreed->is_dtls_client == from_offer->is_dtls_client);
    PIGEON_ASSERT(agreed->data.has_value() == from_offer->data.has_value());
    PIGEON_ASSERT(!agreed->fingerprints.empty());
  }
  parameters.previous = &answer;
  const SessionDescription next = make_offer(parameters);
  PIGEON_ASSERT(next.media.size() >= answer.media.size());
  check_written(next);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto description = parse({reinterpret_cast<const char*>(data), size});
  if (!description) return 0;
  check_written(*description);
  const LocalParameters parameters{
      .ice_ufrag = "pgn1",
      .ice_pwd = "pigeonpigeonpigeonpigeon",
      .fingerprints = {{.algorithm = "sha-256", .value = Bytes(32, 0xA5)}},
      .candidates = {"1 1 udp 2130706431 192.0.2.1 5000 typ host"}};
  check_answer(*description, parameters);
  static_cast<void>(negotiate(make_offer(parameters), *description, LocalSide::offerer));
  return 0;
}
