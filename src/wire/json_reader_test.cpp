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

TEST(JsonReaderTest, GivesTheExactBytesOfElements) {
  JsonReader reader;
  const auto text = reader.parse(R"( [ 1.50 ,"],[", [ [] , {"a":[2]} ] , null,{ } ] )");

  const auto& elements = reader.elements(*text, 10);

  ASSERT_EQ(elements.size(), 5U);
  EXPECT_EQ(elements[0].raw, "1.50");
  EXPECT_EQ(elements[1].raw, "\"],[\"");
  EXPECT_EQ(elements[2].raw, "[ [] , {\"a\":[2]} ]");
  EXPECT_EQ(elements[3].raw, "null");
  EXPECT_EQ(elements[4].raw, "{ }");
  EXPECT_EQ(reader.elements(*text, 2).size(), 2U);
  EXPECT_TRUE(reader.elements(*text, 0).empty());
}

TEST(JsonReaderTest, GivesNoPartsOfOtherKinds) {
  JsonReader reader;
  for (const std::string_view text : {"{}", "[]", "1", "\"[1]\"", "null"}) {
    const auto parsed = reader.parse(text);
    EXPECT_TRUE(reader.members(*parsed).empty()) << text;
    EXPECT_TRUE(reader.elements(*parsed, 10).empty()) << text;
  }
  EXPECT_TRUE(reader.members(JsonText{}).empty());
  EXPECT_TRUE(reader.elements(JsonText{}, 10).empty());
  EXPECT_TRUE(reader.elements(*reader.parse(R"({"a":1})"), 10).empty());
  EXPECT_TRUE(reader.members(*reader.parse(R"(["a",1])")).empty());
}

TEST(JsonReaderTest, KeepsKeysWhileOtherObjectsAreRead) {
  JsonReader reader;
  const auto text = reader.parse(R"({"\u0061":{"\u0062":{"\u0063":1}}})");
  const JsonMember outer = reader.members(*text)[0];
  const JsonMember inner = reader.members(outer.value)[0];
  const JsonMember last = reader.members(inner.value)[0];

  EXPECT_EQ(outer.key, "a");
  EXPECT_EQ(inner.key, "b");
  EXPECT_EQ(last.key, "c");
}

TEST(JsonReaderTest, TakesWholeNumbersOfAnyLength) {
  JsonReader reader;
  for (const std::string& number :
       {std::string("18446744073709551616"), std::string("-9223372036854775809"),
        std::string("44262081804492650000"), std::string(400, '9')}) {
    const auto text = reader.parse("{\"a\":" + number + ",\"b\":[ " + number + " ,1]}");
    ASSERT_TRUE(text.has_value()) << number;
    const auto members = reader.members(*text);
    ASSERT_EQ(members.size(), 2U);
    EXPECT_EQ(members[0].value.raw, number);
    EXPECT_EQ(reader.elements(members[1].value, 9)[0].raw, number);
  }
  for (const std::string wrong :
       {"018446744073709551616", "--9223372036854775809", "44262081804492650000x", "-",
        "1844674407370955161618446744073709551616 2", "18446744073709551616.",
        "18446744073709551616e", "{\"a\":18446744073709551616,\"b\":01}", "1e999",
        "{\"a\":18446744073709551616,\"b\":\"\xff\"}"}) {
    EXPECT_FALSE(reader.parse(wrong).has_value()) << wrong;
  }
}

TEST(JsonReaderTest, TakesNoByteOrderMark) {
  JsonReader reader;

  EXPECT_FALSE(reader.parse("\xEF\xBB\xBF{}").has_value());
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
