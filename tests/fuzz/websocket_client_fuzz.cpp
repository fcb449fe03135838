#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/assert.hpp"
#include "net/websocket/client_session.hpp"
#include "net/websocket/utf8.hpp"

// The input is a byte of settings and what a server sends: the response and frames, or frames
// behind a right response. However it is cut into pieces, the session tells the same, says nothing
// after the end, and everything that it sends is masked.

namespace {

using namespace pigeon;
using namespace pigeon::net::websocket;

constexpr std::size_t queue_bytes_max = 65'536;

struct Run {
  bool has_opened = false;
  bool has_ended = false;
  /// Of the end.
  std::uint16_t code = 0;
  std::vector<std::string> texts;
  std::string sent;

  friend bool operator==(const Run&, const Run&) = default;
};

Now at(Duration since_start) { return {.monotonic = Instant{} + since_start}; }

void note(Run& run, const SessionEvent& event) {
  PIGEON_ASSERT(!run.has_ended);
  if (const auto* text = std::get_if<TextReceived>(&event)) {
    PIGEON_ASSERT(run.has_opened);
    PIGEON_ASSERT(is_utf8(as_bytes(text->text)));
    run.texts.push_back(text->text);
  } else if (const auto* closed = std::get_if<SessionClosed>(&event)) {
    PIGEON_ASSERT(!closed->reason.empty());
    PIGEON_ASSERT(is_utf8(as_bytes(closed->reason)));
    run.has_ended = true;
    run.code = closed->code;
  } else {
    PIGEON_ASSERT(!run.has_opened);
    run.has_opened = true;
  }
}

void take_written(ClientSession& session, Run& run) {
  PIGEON_ASSERT(session.has_ended() || session.queue().cost() <= queue_bytes_max);
  Bytes bytes(session.queue().bytes());
  session.queue().copy(bytes);
  session.queue().consume(bytes.size());
  run.sent += as_text(bytes);
}

std::string key_of(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const std::size_t start = request.find(name) + name.size();
  return request.substr(start, request.find("\r\n", start) - start);
}

/// Control frames only, each with its mask.
void check_sent(std::string_view frames) {
  while (!frames.empty()) {
    PIGEON_ASSERT(frames.size() >= 6);
    const auto first = static_cast<std::uint8_t>(frames[0]);
    const auto second = static_cast<std::uint8_t>(frames[1]);
    PIGEON_ASSERT(first == 0x8a || first == 0x88);
    PIGEON_ASSERT((second & 0x80U) != 0);
    const std::size_t size = 6 + (second & 0x7fU);
    PIGEON_ASSERT(frames.size() >= size);
    frames.remove_prefix(size);
  }
}

Run run_in_pieces(BytesView input, bool is_upgraded, std::size_t piece) {
  const ClientSessionOptions options{
      .head_bytes_max = 512, .message_bytes_max = 1'024, .queue_bytes_max = queue_bytes_max};
  auto session = ClientSession::create("h", "/", options, Random::from_number(1), at(0s));
  PIGEON_ASSERT(session.has_value());
  Run request;
  take_written(*session, request);
  std::string bytes;
  if (is_upgraded) bytes = encode_response(accept_value(key_of(request.sent)));
  bytes += as_text(input);

  Run run;
  for (std::size_t begin = 0; begin < bytes.size(); begin += piece) {
    std::string part = bytes.substr(begin, piece);
    session->receive({reinterpret_cast<std::uint8_t*>(part.data()), part.size()}, at(1s));
    for (const SessionEvent& event : session->take_events()) note(run, event);
    take_written(*session, run);
    PIGEON_ASSERT(session->has_ended() == run.has_ended);
  }
  check_sent(run.sent);
  return run;
}

/// A head that never ends may be refused early or waited for: its mistakes, and where its bound
/// lies to the byte, are found out line by line.
void check_same(const Run& pieces, const Run& whole) {
  const bool has_opened = whole.has_opened || pieces.has_opened;
  const bool have_ended = whole.has_ended && pieces.has_ended;
  if (!has_opened && !have_ended) return;
  PIGEON_ASSERT(pieces == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // So long that pings cannot fill the queue within one piece, which would be an end of its own.
  if (size < 1 || size > 2'000) return 0;
  const bool is_upgraded = (data[0] & 1U) != 0;
  const std::size_t piece = 1 + (data[0] >> 1U);
  const BytesView input = BytesView(data, size).subspan(1);

  const Run whole = run_in_pieces(input, is_upgraded, 4'096);
  check_same(run_in_pieces(input, is_upgraded, piece), whole);
  check_same(run_in_pieces(input, is_upgraded, 1), whole);
  return 0;
}
