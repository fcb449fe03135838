#include "wire/json_reader.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "wire/limits.hpp"

// The value of a macro as text.
#define PIGEON_QUOTE(name) #name
#define PIGEON_TEXT_OF(name) PIGEON_QUOTE(name)

namespace pigeon::wire {
namespace {

TEST(JsonReaderTest, UsesAVectorKernel) {
  // On-demand parsing chooses its kernel when it is compiled; the fallback is several times slower.
  EXPECT_STRNE(PIGEON_TEXT_OF(SIMDJSON_BUILTIN_IMPLEMENTATION), "fallback");
}

TEST(JsonReaderTest, GivesTheExactBytesOfMembers) {
  JsonReader reader;

  const auto text =
      reader.parse(" {\"a\" : [ 1 , {\"x\":\"]}\"} ] ,\n\"b\":-0.50e1,\"c\":\"\\\"\"} ");

  ASSERT_TRUE(text.has_value());
  const auto& members = reader.members(*text);
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].value.raw, "[ 1 , {\"x\":\"]}\"} ]");
  EXPECT_EQ(members[1].value.raw, "-0.50e1");
  EXPECT_EQ(members[2].value.raw, "\"\\\"\"");
  EXPECT_EQ(reader.unescaped(members[2].value), "\"");
}

TEST(JsonReaderTest, ReadsNestedObjectsOfTheSameText) {
  JsonReader reader;
  const auto text = reader.parse(R"({"outer":{"inner":{"deep":true}}})");
  const JsonText outer = reader.members(*text)[0].value;
  const JsonText inner = reader.members(outer)[0].value;

  EXPECT_EQ(reader.members(inner)[0].key, "deep");
}

TEST(JsonReaderTest, UnescapesKeysAndStrings) {
  JsonReader reader;
  const auto text = reader.parse(R"({"\u00e9\"\\":"\ud83d\udc26"})");
  const JsonMember member = reader.members(*text)[0];

  EXPECT_EQ(member.key, "é\"\\");
  EXPECT_EQ(reader.unescaped(member.value), "\U0001F426");
}

TEST(JsonReaderTest, UnescapesAsManyKeysAsThereAre) {
  JsonReader reader;
  constexpr std::size_t count = 50'000;
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    text += R"("\n\u0041)" + std::to_string(i) + R"(":"\t",)";
  }
  text.back() = '}';

  const auto& members = reader.members(*reader.parse(text));

  ASSERT_EQ(members.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(members[i].key, "\nA" + std::to_string(i));
    ASSERT_EQ(members[i].value.raw, R"("\t")");
  }
}

TEST(JsonReaderTest, KeepsUnescapedStringsWhileOtherObjectsAreRead) {
  JsonReader reader;
  const std::string large(100'000, 'x');
  const auto text = reader.parse(R"({"a":"\n)" + large + R"(","b":{"\t":"\\"}})");
  const auto members = reader.members(*text);
  const std::string_view first = reader.unescaped(members[0].value);

  const JsonMember inner = reader.members(members[1].value)[0];

  EXPECT_EQ(inner.key, "\t");
  EXPECT_EQ(reader.unescaped(inner.value), "\\");
  EXPECT_EQ(first, "\n" + large);
}

TEST(JsonReaderTest, KnowsKindsAndTruth) {
  EXPECT_EQ(JsonText{}.kind(), JsonKind::absent);
  EXPECT_EQ(JsonText{"{}"}.kind(), JsonKind::object);
  EXPECT_EQ(JsonText{"-1"}.kind(), JsonKind::number);
  for (const std::string_view raw : {"1", "0.1", "\"0\"", "[]", "{}", "true", "-3e-5"}) {
    EXPECT_TRUE(JsonText{raw}.is_truthy()) << raw;
  }
  for (const std::string_view raw : {"", "0", "-0", "0.0", "0e9", "\"\"", "false", "null"}) {
    EXPECT_FALSE(JsonText{raw}.is_truthy()) << raw;
  }
}

TEST(JsonReaderTest, ServesSmallTextsAfterALargeOne) {
  JsonReader reader;
  const std::string large = R"({"a":")" + std::string(message_bytes_max - 8, 'x') + "\"}";

  ASSERT_TRUE(reader.parse(large).has_value());
  EXPECT_EQ(reader.members(*reader.parse(large))[0].value.raw.size(), message_bytes_max - 6);
  const auto small = reader.parse(R"({"b":1})");

  ASSERT_TRUE(small.has_value());
  EXPECT_EQ(reader.members(*small)[0].key, "b");
}

TEST(JsonReaderTest, ForgetsTheFormerText) {
  JsonReader reader;
  ASSERT_TRUE(reader.parse(R"({"a":1})").has_value());

  EXPECT_FALSE(reader.parse("{").has_value());
  EXPECT_TRUE(reader.members(*reader.parse("[]")).empty());
}

}  // namespace
}  // namespace pigeon::wire
