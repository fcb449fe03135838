#include "wire/canonical_json.hpp"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "wire/limits.hpp"

namespace pigeon::wire {
namespace {

class CanonicalJsonTest : public ::testing::Test {
 protected:
  std::optional<std::string> canonical(std::string_view text) {
    return canonical_json(text, reader_);
  }

  JsonReader reader_;
};

TEST_F(CanonicalJsonTest, PrintsTheExampleOfTheRfc) {
  // RFC 8785 section 3.2.2 and 3.2.3.
  EXPECT_EQ(canonical(R"({
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    })"),
            "{\"literals\":[null,true,false],"
            "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST_F(CanonicalJsonTest, SortsNamesByTheirUtf16Units) {
  // RFC 8785 section 3.2.3: the emoji's surrogates come before U+FB33.
  EXPECT_EQ(canonical(R"({"\u20ac":5,"\r":1,"\ufb33":7,"1":2,"\ud83d\ude00":6,"\u0080":3,)"
                      R"("\u00f6":4})"),
            "{\"\\r\":1,\"1\":2,\"\xC2\x80\":3,\"\xC3\xB6\":4,\"\xE2\x82\xAC\":5,"
            "\"\xF0\x9F\x98\x80\":6,\"\xEF\xAC\xB3\":7}");
  EXPECT_EQ(canonical(R"({"\uffff":5,"\udbff\udfff":4,"\ue000":3,"\ud7ff":1,"\ud800\udc00":2})"),
            "{\"\xED\x9F\xBF\":1,\"\xF0\x90\x80\x80\":2,\"\xF4\x8F\xBF\xBF\":4,"
            "\"\xEE\x80\x80\":3,\"\xEF\xBF\xBF\":5}");
  EXPECT_EQ(canonical(R"({"ab":3,"":1,"a":2})"), R"({"":1,"a":2,"ab":3})");
}

TEST_F(CanonicalJsonTest, EscapesOnlyWhatMustBeEscaped) {
  EXPECT_EQ(canonical(R"("\b\t\n\f\r\u0000\u001f\u007f\u2028\/")"),
            "\"\\b\\t\\n\\f\\r\\u0000\\u001f\x7F\xE2\x80\xA8/\"");
}

TEST_F(CanonicalJsonTest, PrintsNumbersAsTheRfcDoes) {
  // RFC 8785 appendix B.
  for (const auto& [bits, text] : {
           std::pair{std::uint64_t{0x0000000000000000}, "0"},
           {0x8000000000000000, "0"},
           {0x0000000000000001, "5e-324"},
           {0x8000000000000001, "-5e-324"},
           {0x7fefffffffffffff, "1.7976931348623157e+308"},
           {0xffefffffffffffff, "-1.7976931348623157e+308"},
           {0x4340000000000000, "9007199254740992"},
           {0xc340000000000000, "-9007199254740992"},
           {0x4430000000000000, "295147905179352830000"},
           {0x44b52d02c7e14af5, "9.999999999999997e+22"},
           {0x44b52d02c7e14af6, "1e+23"},
           {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
           {0x444b1ae4d6e2ef4e, "999999999999999700000"},
           {0x444b1ae4d6e2ef4f, "999999999999999900000"},
           {0x444b1ae4d6e2ef50, "1e+21"},
           {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
           {0x3eb0c6f7a0b5ed8d, "0.000001"},
           {0x41b3de4355555553, "333333333.3333332"},
           {0x41b3de4355555554, "333333333.33333325"},
           {0x41b3de4355555555, "333333333.3333333"},
           {0x41b3de4355555556, "333333333.3333334"},
           {0x41b3de4355555557, "333333333.33333343"},
           {0xbecbf647612f3696, "-0.0000033333333333333333"},
           {0x43143ff3c1cb0959, "1424953923781206.2"},
       }) {
    EXPECT_EQ(ecmascript_number(std::bit_cast<double>(bits)), text);
  }
}

TEST_F(CanonicalJsonTest, PrintsDigitsThatGiveTheSameNumber) {
  Random random = Random::from_number(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random.next_u64());
    if (value != value || value - value != 0) continue;
    const std::string text = ecmascript_number(value);
    EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    ASSERT_TRUE(reader_.parse(text).has_value()) << text;
  }
}

TEST_F(CanonicalJsonTest, RefusesWhatTwoSidesCouldTakeForDifferentThings) {
  for (const std::string_view text :
       {"", "{", "nul", "9007199254740993", "-9007199254740993", "18446744073709551615",
        "100000000000000000000", "1e17", "88888888888888888888.888", "1e400", "-1e400",
        R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"([{"b":{"c":0,"c":0}}])", R"("\ud800")",
        R"("\udc00\ud800")", R"({"\ud800":1})", "\"\xff\""}) {
    EXPECT_FALSE(canonical(text).has_value()) << text;
  }
}

TEST_F(CanonicalJsonTest, TakesWholeNumbersUpToTheLast) {
  EXPECT_EQ(canonical("9007199254740992"), "9007199254740992");
  EXPECT_EQ(canonical("-9007199254740992"), "-9007199254740992");
  EXPECT_EQ(canonical("[-0, 0.0, -0e5, 1e-400, 1.0, 100e-2]"), "[0,0,0,0,1,1]");
}

TEST_F(CanonicalJsonTest, BoundsDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(canonical(nested(json_depth_max)), nested(json_depth_max));
  EXPECT_FALSE(canonical(nested(json_depth_max + 1)).has_value());
}

TEST_F(CanonicalJsonTest, IsItsOwnCanonicalForm) {
  const auto once = canonical(R"({"b":[1.0,{"d":"\u0001","c":{}}],"a":1e21})");
  ASSERT_TRUE(once.has_value());

  EXPECT_EQ(canonical(*once), once);
}

}  // namespace
}  // namespace pigeon::wire
