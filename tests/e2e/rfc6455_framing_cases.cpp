#include <array>
#include <string>
#include <utility>

#include "tests/e2e/rfc6455_case.hpp"

// RFC 6455 sections 5.2 (framing) and 5.5 (pings and pongs).

namespace pigeon::test {

namespace {

constexpr std::size_t message_bytes_max = 1'048'576;

std::string unroutable() {
  return "error Signaling server does not route 'undefined' messages. Use WebRTC data channels for "
         "peer-to-peer communication.";
}

struct SizedMessage {
  std::string payload;
  std::string answer;
};

/// A message of exactly this size, with what it is answered by.
SizedMessage message_of(std::size_t size) {
  if (size == 0) return {"", unreadable};
  if (size == 1) return {"7", unroutable()};
  const std::size_t envelope = signal_with("").size();
  if (size < envelope) return {"\"" + std::string(size - 2, 'x') + "\"", unroutable()};
  std::string text;
  for (std::size_t i = 0; i < size - envelope; ++i) text += static_cast<char>('a' + i % 26);
  return {signal_with(text), echo_of(text)};
}

/// All 256 values of a byte are in there somewhere.
std::string bytes(std::size_t size, std::size_t first = 0) {
  std::string made;
  for (std::size_t i = 0; i < size; ++i) made += static_cast<char>(first + i);
  return made;
}

void add_chopped(std::vector<Rfc6455Case>& cases) {
  for (const std::size_t piece : {1U, 7U, 997U}) {
    const SizedMessage message = message_of(piece == 1 ? 200 : 70'000);
    cases.push_back({"ChoppedInto" + std::to_string(piece),
                     chop(encode({.payload = message.payload}), piece),
                     {message.answer}});
  }
  const SizedMessage message = message_of(66'000);
  const std::string frame = encode({.payload = message.payload});
  for (const std::size_t at : {1U, 2U, 5U, 9U, 10U, 13U, 14U, 15U}) {
    cases.push_back({"ChoppedAt" + std::to_string(at),
                     {frame.substr(0, at), frame.substr(at)},
                     {message.answer}});
  }
  const std::string ten = encode({.payload = message_of(300).payload});
  cases.push_back({"TenMessagesInOneWrite",
                   {join(std::vector<std::string>(10, ten))},
                   std::vector<std::string>(10, message_of(300).answer)});
}

void add_wrong_lengths(std::vector<Rfc6455Case>& cases) {
  const auto add = [&](std::string name, const ClientFrame& frame, const std::string& answer) {
    cases.push_back({std::move(name), {encode(frame)}, {answer}});
  };
  using enum LengthForm;
  for (const std::size_t size : {0U, 1U, 125U}) {
    const std::string suffix = std::to_string(size);
    const ClientFrame frame{.payload = message_of(size).payload};
    ClientFrame longer = frame;
    longer.length_form = two_bytes;
    add("LengthInTwoBytesFor" + suffix, longer, protocol_error);
    longer.length_form = eight_bytes;
    add("LengthInEightBytesFor" + suffix, longer, protocol_error);
  }
  add("LengthInEightBytesFor126", {.payload = message_of(126).payload, .length_form = eight_bytes},
      protocol_error);
  add("LengthInEightBytesFor65535",
      {.payload = message_of(65'535).payload, .length_form = eight_bytes}, protocol_error);
  add("LengthWithTopBit", {.length_form = eight_bytes, .announced_length = std::uint64_t{1} << 63U},
      protocol_error);
  add("LengthWithAllBits", {.length_form = eight_bytes, .announced_length = ~std::uint64_t{0}},
      protocol_error);
  add("LargestLength", {.length_form = eight_bytes, .announced_length = ~std::uint64_t{0} >> 1U},
      too_big);
  add("AnnouncedBeyondTheLimit", {.payload = "x", .announced_length = message_bytes_max + 1},
      too_big);
  add("BinaryBeyondTheLimit",
      {.opcode = opcode::binary, .payload = "x", .announced_length = message_bytes_max + 1},
      too_big);
  add("UnmaskedText", {.payload = "{}", .is_masked = false}, protocol_error);
  add("UnmaskedEmpty", {.is_masked = false}, protocol_error);
  add("UnmaskedPing", {.opcode = opcode::ping, .is_masked = false}, protocol_error);
  add("UnmaskedClose",
      {.opcode = opcode::close, .payload = close_payload(1000), .is_masked = false},
      protocol_error);
}

}  // namespace

std::vector<Rfc6455Case> framing_cases() {
  std::vector<Rfc6455Case> cases;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{124}, std::size_t{125},
        std::size_t{126}, std::size_t{127}, std::size_t{128}, std::size_t{255}, std::size_t{256},
        std::size_t{257}, std::size_t{4'096}, std::size_t{16'384}, std::size_t{65'534},
        std::size_t{65'535}, std::size_t{65'536}, std::size_t{65'537}, std::size_t{300'000},
        message_bytes_max}) {
    const SizedMessage message = message_of(size);
    const std::string suffix = std::to_string(size);
    cases.push_back({"Text" + suffix, {encode({.payload = message.payload})}, {message.answer}});
    cases.push_back({"Binary" + suffix,
                     {encode({.opcode = opcode::binary, .payload = message.payload})},
                     {message.answer}});
  }
  add_chopped(cases);
  add_wrong_lengths(cases);
  return cases;
}

std::vector<Rfc6455Case> ping_cases() {
  std::vector<Rfc6455Case> cases;
  const auto ping = [](const std::string& payload) {
    return encode({.opcode = opcode::ping, .payload = payload});
  };
  const auto pong = [](const std::string& payload) {
    return encode({.opcode = opcode::pong, .payload = payload});
  };
  const auto add = [&](std::string name, std::vector<std::string> writes,
                       std::vector<std::string> expected) {
    cases.push_back({std::move(name), std::move(writes), std::move(expected)});
  };
  for (const std::size_t size : {0U, 1U, 2U, 5U, 124U, 125U}) {
    const std::string payload = bytes(size);
    const std::string suffix = std::to_string(size);
    add("Ping" + suffix, {ping(payload)}, {"pong " + payload});
    add("PingChopped" + suffix, chop(ping(payload), 1), {"pong " + payload});
    add("UnsolicitedPong" + suffix, {pong(payload)}, {});
  }
  add("PingAllOtherBytes", {ping(bytes(125, 125)), ping(bytes(6, 250))},
      {"pong " + bytes(125, 125), "pong " + bytes(6, 250)});
  for (const std::size_t size : {126U, 127U, 65'536U}) {
    const std::string suffix = std::to_string(size);
    add("Ping" + suffix, {ping(bytes(size))}, {protocol_error});
    add("Pong" + suffix, {pong(bytes(size))}, {protocol_error});
  }
  for (const LengthForm form : {LengthForm::two_bytes, LengthForm::eight_bytes}) {
    const std::string suffix = form == LengthForm::two_bytes ? "TwoBytes" : "EightBytes";
    add("PingWithLengthIn" + suffix,
        {encode({.opcode = opcode::ping, .payload = "x", .length_form = form})}, {protocol_error});
  }
  std::vector<std::string> ten_pongs;
  std::string ten_pings;
  for (int i = 0; i < 10; ++i) {
    ten_pings += ping("payload " + std::to_string(i));
    ten_pongs.push_back("pong payload " + std::to_string(i));
  }
  add("TenPingsInOneWrite", {ten_pings}, ten_pongs);
  add("TenPingsChopped", chop(ten_pings, 1), ten_pongs);
  add("PongAndPing", {pong("lost") + ping("found")}, {"pong found"});
  add("PingPongPing", {ping("a") + pong("b") + ping("c")}, {"pong a", "pong c"});
  add("PingsAroundAMessage", {ping("a") + encode({.payload = signal_with("b")}) + ping("c")},
      {"pong a", "pong c", "echo b"});
  return cases;
}

std::vector<Rfc6455Case> reserved_cases() {
  std::vector<Rfc6455Case> cases;
  constexpr std::array<std::pair<const char*, std::uint8_t>, 5> kinds = {{
      {"Text", opcode::text},
      {"Binary", opcode::binary},
      {"Ping", opcode::ping},
      {"Pong", opcode::pong},
      {"Close", opcode::close},
  }};
  for (std::uint8_t bits = 1; bits < 8; ++bits) {
    const std::string suffix = std::to_string(bits);
    for (const auto& [name, code] : kinds) {
      cases.push_back({std::string("ReservedBits") + suffix + name,
                       {encode({.opcode = code, .reserved = bits})},
                       {protocol_error}});
    }
    cases.push_back({"ReservedBits" + suffix + "AfterAMessage",
                     {encode({.payload = "x", .reserved = bits})},
                     {protocol_error},
                     true});
    cases.push_back({"ReservedBits" + suffix + "InAContinuation",
                     {encode({.payload = "{", .is_final = false}) +
                      encode({.opcode = 0, .payload = "}", .reserved = bits})},
                     {protocol_error}});
  }
  for (const int number : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const auto code = static_cast<std::uint8_t>(number);
    const std::string suffix = std::to_string(code);
    cases.push_back({"Opcode" + suffix, {encode({.opcode = code})}, {protocol_error}});
    cases.push_back({"Opcode" + suffix + "WithPayload",
                     {encode({.opcode = code, .payload = "reserved"})},
                     {protocol_error}});
    cases.push_back({"Opcode" + suffix + "AfterAMessage",
                     chop(encode({.opcode = code, .payload = "x"}), 3),
                     {protocol_error},
                     true});
  }
  return cases;
}

}  // namespace pigeon::test
