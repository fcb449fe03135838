#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "tests/e2e/rfc6455_case.hpp"

// RFC 6455 section 8.1: a text message is UTF-8 (RFC 3629), or the connection fails with 1007.

namespace pigeon::test {

namespace {

using namespace std::string_view_literals;

struct Sample {
  const char* name;
  std::string_view text;
};

// First and last code points of each length and around the surrogates, and non-characters, which
// are valid UTF-8 all the same.
constexpr auto valid = std::to_array<Sample>({
    {"Ascii", "Hello"sv},
    {"Delete", "\x7f"sv},
    {"FirstOfTwo", "\xc2\x80"sv},
    {"LastOfTwo", "\xdf\xbf"sv},
    {"FirstOfThree", "\xe0\xa0\x80"sv},
    {"BeforeSurrogates", "\xed\x9f\xbf"sv},
    {"BehindSurrogates", "\xee\x80\x80"sv},
    {"ReplacementCharacter", "\xef\xbf\xbd"sv},
    {"NonCharacterFffe", "\xef\xbf\xbe"sv},
    {"LastOfThree", "\xef\xbf\xbf"sv},
    {"FirstOfFour", "\xf0\x90\x80\x80"sv},
    {"NonCharacter1fffe", "\xf0\x9f\xbf\xbe"sv},
    {"NonCharacter7ffff", "\xf1\xbf\xbf\xbf"sv},
    {"LastOfFour", "\xf4\x8f\xbf\xbf"sv},
    {"Greek", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"sv},
    {"Pigeon", "coo \xf0\x9f\x95\x8a coo"sv},
    {"ByteOrderMark", "\xef\xbb\xbfx"sv},
    {"Combining", "e\xcc\x81\xe2\x80\x8d\xf0\x9f\x91\xa9"sv},
});

constexpr auto invalid = std::to_array<Sample>({
    {"LoneContinuation80", "\x80"sv},
    {"LoneContinuationBf", "\xbf"sv},
    {"ContinuationAfterAscii", "a\x80"sv},
    {"SixContinuations", "\x80\xbf\x80\xbf\x80\xbf"sv},
    {"LeadOfTwoAndSpace", "\xc2 "sv},
    {"LeadOfThreeAndSpace", "\xe1 "sv},
    {"LeadOfFourAndSpace", "\xf1 "sv},
    {"TwoCut", "\xdf-"sv},
    {"ThreeCutAfterOne", "\xe1-"sv},
    {"ThreeCutAfterTwo", "\xe1\x80-"sv},
    {"FourCutAfterTwo", "\xf1\x80-"sv},
    {"FourCutAfterThree", "\xf1\x80\x80-"sv},
    {"ImpossibleFe", "\xfe"sv},
    {"ImpossibleFf", "\xff"sv},
    {"ImpossibleC0", "\xc0\x80"sv},
    {"ImpossibleC1", "\xc1\xbf"sv},
    {"ImpossibleF5", "\xf5\x80\x80\x80"sv},
    {"FiveBytes", "\xf8\x88\x80\x80\x80"sv},
    {"SixBytes", "\xfc\x84\x80\x80\x80\x80"sv},
    {"OverlongSlashInTwo", "\xc0\xaf"sv},
    {"OverlongSlashInThree", "\xe0\x80\xaf"sv},
    {"OverlongSlashInFour", "\xf0\x80\x80\xaf"sv},
    {"LastOverlongInThree", "\xe0\x9f\xbf"sv},
    {"LastOverlongInFour", "\xf0\x8f\xbf\xbf"sv},
    {"OverlongZero", "\xc0\x80"sv},
    {"FirstHighSurrogate", "\xed\xa0\x80"sv},
    {"LastHighSurrogate", "\xed\xaf\xbf"sv},
    {"FirstLowSurrogate", "\xed\xb0\x80"sv},
    {"LastLowSurrogate", "\xed\xbf\xbf"sv},
    {"SurrogatePair", "\xed\xa0\x80\xed\xb0\x80"sv},
    {"BehindTheLast", "\xf4\x90\x80\x80"sv},
    {"Latin1", "caf\xe9!"sv},
});

void add_valid(std::vector<Rfc6455Case>& cases, const Sample& sample) {
  const std::string message = signal_with(sample.text);
  const std::string name = std::string("Valid") + sample.name;
  const std::string echo = echo_of(sample.text);
  cases.push_back({name, {encode({.payload = message})}, {echo}});
  cases.push_back({name + "InOneByteFragments", {join(fragments(message, 1))}, {echo}});
  cases.push_back({name + "Chopped", chop(encode({.payload = message}), 1), {echo}});
}

void add_invalid(std::vector<Rfc6455Case>& cases, const Sample& sample) {
  const std::string message = signal_with(sample.text);
  const std::string name = std::string("Invalid") + sample.name;
  cases.push_back({name, {encode({.payload = message})}, {not_utf8}});
  cases.push_back({name + "InOneByteFragments", {join(fragments(message, 1))}, {not_utf8}});
}

/// Refused at the first wrong byte, not when the message is complete.
void add_fail_fast(std::vector<Rfc6455Case>& cases) {
  const auto add = [&](std::string name, std::vector<std::string> writes) {
    cases.push_back({std::move(name), std::move(writes), {not_utf8}});
  };
  const std::string wrong = "Hello \xed\xa0\x80";
  add("FailFastInAnUnfinishedMessage", {encode({.payload = wrong, .is_final = false})});
  add("FailFastInASecondFragment",
      {encode({.payload = "Hello \xed", .is_final = false}),
       encode({.opcode = opcode::continuation, .payload = "\xa0", .is_final = false})});
  add("FailFastInAnUnfinishedFrame", {encode({.payload = wrong, .announced_length = 5'000})});
  add("FailFastAtAnImpossibleByte", {encode({.payload = "\xf5", .is_final = false})});
  for (const std::string_view cut : {"\xc3"sv, "\xe2\x82"sv, "\xf0\x9f\x95"sv}) {
    const std::string suffix = std::to_string(cut.size());
    const std::string message = "\"text" + std::string(cut);
    add("EndsInsideACharacter" + suffix, {encode({.payload = message})});
    add("EndsInsideACharacterInFragments" + suffix, {join(fragments(message, 2))});
  }
}

}  // namespace

std::vector<Rfc6455Case> utf8_cases() {
  std::vector<Rfc6455Case> cases;
  for (const Sample& sample : valid) add_valid(cases, sample);
  for (const Sample& sample : invalid) add_invalid(cases, sample);
  add_fail_fast(cases);
  // Section 5.6: a binary message is not required to be UTF-8, but this one is to be JSON.
  cases.push_back({"BinaryNotUtf8",
                   {encode({.opcode = opcode::binary, .payload = signal_with("\xff")})},
                   {unreadable}});
  cases.push_back({"TextNotJson", {encode({.payload = std::string("\0\1\2", 3)})}, {unreadable}});
  return cases;
}

}  // namespace pigeon::test
