#include <string>
#include <utility>

#include "tests/e2e/rfc6455_case.hpp"

// RFC 6455 sections 5.4 (fragmentation) and 5.5.1, 7 (closing).

namespace pigeon::test {

namespace {

using Cases = std::vector<Rfc6455Case>;

std::string frame(std::uint8_t code, std::string payload, bool is_final = true) {
  return encode({.opcode = code, .payload = std::move(payload), .is_final = is_final});
}

std::string first(std::string payload) { return frame(opcode::text, std::move(payload), false); }
std::string middle(std::string payload) {
  return frame(opcode::continuation, std::move(payload), false);
}
std::string last(std::string payload) { return frame(opcode::continuation, std::move(payload)); }
std::string ping(std::string payload) { return frame(opcode::ping, std::move(payload)); }
std::string close(int code, std::string_view reason = {}) {
  return frame(opcode::close, close_payload(static_cast<std::uint16_t>(code), reason));
}

void add_whole(Cases& cases) {
  const std::string text(500, 'f');
  const std::string message = signal_with(text);
  const std::string echo = echo_of(text);
  for (const std::size_t size : {1U, 2U, 100U, 300U}) {
    const std::string suffix = std::to_string(size);
    const auto pieces = fragments(message, size);
    cases.push_back({"FragmentsOf" + suffix, pieces, {echo}});
    cases.push_back({"FragmentsOf" + suffix + "InOneWrite", {join(pieces)}, {echo}});
    cases.push_back(
        {"BinaryFragmentsOf" + suffix, {join(fragments(message, size, opcode::binary))}, {echo}});
    cases.push_back({"FragmentsOf" + suffix + "Chopped", chop(join(pieces), 3), {echo}});
  }
  cases.push_back({"EmptyFirstFragment", {first(""), last(message)}, {echo}});
  cases.push_back({"EmptyLastFragment", {first(message), last("")}, {echo}});
  cases.push_back({"EmptyFragmentsBetween",
                   {first(message.substr(0, 9)), middle(""), middle(""), last(message.substr(9))},
                   {echo}});
  cases.push_back({"OnlyEmptyFragments", {first(""), middle(""), last("")}, {unreadable}});
  cases.push_back({"TwoFragmentedMessages",
                   {join(fragments(message, 100)) + join(fragments(message, 99))},
                   {echo, echo}});
}

void add_interleaved(Cases& cases) {
  const std::string message = signal_with("text");
  const std::string begin = message.substr(0, 20);
  const std::string end = message.substr(20);
  cases.push_back({"PingBetween", {first(begin), ping("p"), last(end)}, {"pong p", "echo text"}});
  cases.push_back(
      {"PingBetweenInOneWrite", {first(begin) + ping("p") + last(end)}, {"pong p", "echo text"}});
  cases.push_back({"PingBetweenChopped",
                   chop(first(begin) + ping("p") + last(end), 1),
                   {"pong p", "echo text"}});
  const std::string longest(125, 'p');
  cases.push_back({"LongestPingBetween",
                   {first(begin), ping(longest), last(end)},
                   {"pong " + longest, "echo text"}});
  cases.push_back(
      {"PongBetween", {first(begin), frame(opcode::pong, "x"), last(end)}, {"echo text"}});
  std::vector<std::string> writes;
  std::vector<std::string> expected;
  for (const std::string& fragment : fragments(message, 10)) {
    writes.push_back(ping(std::to_string(writes.size())));
    expected.push_back("pong " + std::to_string(writes.size() - 1));
    writes.push_back(fragment);
  }
  expected.emplace_back("echo text");
  cases.push_back({"PingBeforeEachFragment", writes, expected});
  cases.push_back({"PingBeforeEachFragmentInOneWrite", {join(writes)}, expected});
  cases.push_back({"CloseBetween", {first(begin), close(1000)}, {"close 1000"}});
}

void add_wrong_sequences(Cases& cases) {
  const std::string message = signal_with("text");
  const auto wrong = [&](std::string name, std::vector<std::string> writes) {
    cases.push_back({std::move(name), std::move(writes), {protocol_error}});
  };
  wrong("ContinuationWithoutStart", {last(message)});
  wrong("UnfinishedContinuationWithoutStart", {middle(message)});
  wrong("EmptyContinuationWithoutStart", {last("")});
  wrong("TextInsideAMessage", {first("{"), frame(opcode::text, message)});
  wrong("UnfinishedTextInsideAMessage", {first("{"), first("{")});
  wrong("BinaryInsideAMessage", {first("{"), frame(opcode::binary, message)});
  wrong("TextInsideABinaryMessage",
        {frame(opcode::binary, "{", false), frame(opcode::text, message)});
  wrong("FragmentedPing", {frame(opcode::ping, "p", false)});
  wrong("FragmentedPong", {frame(opcode::pong, "p", false)});
  wrong("FragmentedClose", {frame(opcode::close, close_payload(1000), false)});
  wrong("FragmentedPingInsideAMessage", {first("{"), frame(opcode::ping, "p", false)});
  cases.push_back({"ContinuationBehindAWhole", {last("more")}, {protocol_error}, true});
}

void add_too_much(Cases& cases) {
  const std::string half(600'000, 'x');
  cases.push_back({"FragmentsBeyondTheLimit", {first(half), last(half)}, {too_big}});
  cases.push_back({"UnfinishedFragmentsBeyondTheLimit", {first(half), middle(half)}, {too_big}});
  cases.push_back({"EndlessEmptyFragments",
                   {first("") + join(std::vector<std::string>(1'025, middle("")))},
                   {policy_violation}});
}

void add_codes(Cases& cases) {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                         3000, 3999, 4000, 4999}) {
    const std::string text = std::to_string(code);
    cases.push_back({"Code" + text, {close(code)}, {"close " + text}});
    cases.push_back({"Code" + text + "WithReason", {close(code, "bye")}, {"close " + text}});
  }
  for (const int code :
       {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 65'535}) {
    const std::string text = std::to_string(code);
    cases.push_back({"WrongCode" + text, {close(code)}, {protocol_error}});
    cases.push_back({"WrongCode" + text + "WithReason", {close(code, "bye")}, {protocol_error}});
  }
}

void add_reasons(Cases& cases) {
  const auto add = [&](std::string name, const std::string& reason, std::string expected) {
    cases.push_back({std::move(name), {close(1000, reason)}, {std::move(expected)}});
  };
  const std::string done = "close 1000";
  add("LongestReason", std::string(123, 'r'), done);
  add("ReasonTooLong", std::string(124, 'r'), protocol_error);
  add("ReasonInGreek", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", done);
  add("ReasonNotUtf8", "\xce\xba\xed\xa0\x80x", not_utf8);
  add("ReasonCutInACharacter", "bye \xce", not_utf8);
  add("ReasonWithZero", std::string("a\0b", 3), done);
}

void add_order(Cases& cases) {
  const std::string bye = close(1000);
  const std::string done = "close 1000";
  const std::string message = frame(opcode::text, signal_with("text"));
  cases.push_back({"CloseWithoutCode", {frame(opcode::close, "")}, {"close 1005"}});
  cases.push_back({"CloseOfOneByte", {frame(opcode::close, "x")}, {protocol_error}});
  cases.push_back({"CloseChopped", chop(close(1000, "bye"), 1), {done}});
  cases.push_back({"CloseOf126", {frame(opcode::close, std::string(126, 'x'))}, {protocol_error}});
  cases.push_back({"CloseAfterAMessage", {bye}, {done}, true});
  cases.push_back({"CloseTwice", {bye, bye}, {done}});
  cases.push_back({"CloseTwiceInOneWrite", {bye + bye}, {done}});
  cases.push_back({"PingAfterClose", {bye + ping("late")}, {done}});
  cases.push_back({"MessageAfterClose", {bye + message}, {done}});
  cases.push_back({"NonsenseAfterClose", {bye + std::string(5'000, '\xff')}, {done}});
  cases.push_back({"HalfAFrameAfterClose", {bye + message.substr(0, 4)}, {done}});
  cases.push_back(
      {"MessageAfterAnError", {frame(3, "") + message + ping("late") + bye}, {protocol_error}});
  cases.push_back({"CloseInsideAMessage", {first("{") + bye + last("}")}, {done}});
}

}  // namespace

Cases fragmentation_cases() {
  Cases cases;
  add_whole(cases);
  add_interleaved(cases);
  add_wrong_sequences(cases);
  add_too_much(cases);
  return cases;
}

Cases close_cases() {
  Cases cases;
  add_codes(cases);
  add_reasons(cases);
  add_order(cases);
  return cases;
}

}  // namespace pigeon::test
