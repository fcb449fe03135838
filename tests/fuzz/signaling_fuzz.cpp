// Signaling messages from strangers: no text may crash the decoders, and whatever a decoder lets
// through as JSON is JSON.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.hpp"
#include "wire/client_message.hpp"
#include "wire/json_reader.hpp"
#include "wire/server_message.hpp"

namespace {

using namespace pigeon::wire;

void expect_json(std::string_view text) {
  JsonReader reader;
  PIGEON_ASSERT(reader.parse(text).has_value());
}

void check_client(std::string_view text) {
  JsonReader reader;
  const auto message = decode_client_message(text, reader);
  if (!message) return;
  if (const auto* announce = std::get_if<Announce>(&*message)) {
    const PeerDiscovered notice{
        .peer_id = "a", .members = announce->members, .network = announce->network};
    expect_json(encode(notice));
  } else if (const auto* signal = std::get_if<Signal>(&*message)) {
    if (!signal->data.empty()) expect_json(signal->data);
    const std::string again = encode_signal(*signal);
    JsonReader second;
    const auto repeated = decode_client_message(again, second);
    PIGEON_ASSERT(repeated.has_value());
    PIGEON_ASSERT(std::get<Signal>(*repeated).data == signal->data);
    PIGEON_ASSERT(std::get<Signal>(*repeated).target == signal->target);
    expect_json(encode(ErrorReply{.error = unknown_target_error(signal->target)}));
  } else if (const auto* unroutable = std::get_if<Unroutable>(&*message)) {
    expect_json(encode(ErrorReply{.error = unroutable_type_error(unroutable->type)}));
  }
}

void check_server(std::string_view text) {
  JsonReader reader;
  const auto message = decode_server_message(text, reader);
  if (!message) return;
  if (const auto* signal = std::get_if<RelayedSignal>(&*message)) expect_json(encode(*signal));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_client(text);
  check_server(text);
  return 0;
}
