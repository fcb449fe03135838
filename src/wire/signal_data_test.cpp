#include "wire/signal_data.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::wire {
namespace {

class SignalDataTest : public ::testing::Test {
 protected:
  Result<rtc::SessionDescription, WireError> description(std::string_view data) {
    const auto parsed = reader_.parse(data);
    if (!parsed) return Unexpected(parsed.error());
    return decode_description(parsed->raw, reader_);
  }
  Result<rtc::IceCandidate, WireError> candidate(std::string_view data) {
    const auto parsed = reader_.parse(data);
    if (!parsed) return Unexpected(parsed.error());
    return decode_candidate(parsed->raw, reader_);
  }

  JsonReader reader_;
};

TEST_F(SignalDataTest, ReadsAndWritesDescriptions) {
  const std::string_view golden = R"({"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"})";
  const auto offer = description(golden);
  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->type, rtc::SdpType::offer);
  EXPECT_EQ(offer->sdp, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n");
  EXPECT_EQ(encode_data(*offer), golden);

  const auto answer = description(R"({"sdp":"v=0 1234567","type":"answer","x":{}})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->type, rtc::SdpType::answer);
  for (std::size_t length = 0; length < golden.size(); ++length) {
    EXPECT_FALSE(description(golden.substr(0, length)).has_value()) << length;
  }
}

TEST_F(SignalDataTest, ReadsDescriptionsOfAnIceRestart) {
  const auto offer = description(R"({"offer":{"type":"offer","sdp":"v=0 1234567"}})");

  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->sdp, "v=0 1234567");
}

TEST_F(SignalDataTest, RefusesWhatUpstreamRefuses) {
  const std::string long_sdp = "v=0" + std::string(sdp_bytes_max - 3, 'x');
  EXPECT_TRUE(description(R"({"type":"offer","sdp":")" + long_sdp + "\"}").has_value());
  EXPECT_FALSE(description(R"({"type":"offer","sdp":")" + long_sdp + "x\"}").has_value());
  for (const std::string_view wrong :
       {"null", "[]", "\"v=0 1234567\"", "{}", R"({"type":"offer"})", R"({"sdp":"v=0 1234567"})",
        R"({"type":"rollback","sdp":"v=0 1234567"})", R"({"type":"pranswer","sdp":"v=0 1234567"})",
        R"({"type":"offer","sdp":"v=0 12345"})", R"({"type":"offer","sdp":"0123456789"})",
        R"({"type":"offer","sdp":["v=0 1234567"]})", R"({"type":1,"sdp":"v=0 1234567"})",
        R"({"type":"offer","sdp":"v=0 1234567","sdp":"v=0 7654321"})",
        R"({"type":"offer","type":"answer","sdp":"v=0 1234567"})", R"({"offer":{}})"}) {
    const auto decoded = description(wrong);
    ASSERT_FALSE(decoded.has_value()) << wrong;
    EXPECT_EQ(decoded.error(), WireError::bad_field) << wrong;
  }
}

TEST_F(SignalDataTest, ReadsAndWritesCandidates) {
  const std::string_view golden =
      R"({"candidate":"candidate:1 1 udp 1 192.0.2.1 5 typ host","sdpMid":"0",)"
      R"("sdpMLineIndex":0,"usernameFragment":"abcd"})";
  const auto decoded = candidate(golden);

  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->candidate, "candidate:1 1 udp 1 192.0.2.1 5 typ host");
  EXPECT_EQ(decoded->sdp_mid, "0");
  EXPECT_EQ(decoded->sdp_m_line_index, 0);
  EXPECT_EQ(decoded->username_fragment, "abcd");
  EXPECT_EQ(encode_data(*decoded), golden);
  for (std::size_t length = 0; length < golden.size(); ++length) {
    EXPECT_FALSE(candidate(golden.substr(0, length)).has_value()) << length;
  }
}

TEST_F(SignalDataTest, TakesNullAndAbsentMembersOfCandidatesAsEmpty) {
  for (const std::string_view text :
       {R"({"candidate":"","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null})", "{}"}) {
    const auto decoded = candidate(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(decoded->candidate, "");
    EXPECT_EQ(decoded->sdp_mid, "");
    EXPECT_FALSE(decoded->sdp_m_line_index.has_value());
    EXPECT_EQ(decoded->username_fragment, "");
    EXPECT_EQ(encode_data(*decoded),
              R"({"candidate":"","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null})");
  }
}

TEST_F(SignalDataTest, RefusesMalformedCandidates) {
  const std::string longest(candidate_bytes_max, 'c');
  EXPECT_TRUE(candidate(R"({"candidate":")" + longest + "\"}").has_value());
  EXPECT_FALSE(candidate(R"({"candidate":")" + longest + "c\"}").has_value());
  for (const std::string_view wrong :
       {"null", "[]", "\"candidate\"", R"({"candidate":1})", R"({"candidate":{}})",
        R"({"sdpMid":0})", R"({"sdpMLineIndex":-1})", R"({"sdpMLineIndex":65536})",
        R"({"sdpMLineIndex":"0"})", R"({"usernameFragment":[]})",
        R"({"candidate":"a","candidate":"b"})"}) {
    EXPECT_FALSE(candidate(wrong).has_value()) << wrong;
  }
}

TEST_F(SignalDataTest, AnnouncesItselfInOneMember) {
  const auto parsed = reader_.parse("{" + announced_capability() + "}");

  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(reader_.members(*parsed)[0].key, "pigeon");
  EXPECT_EQ(reader_.members(*parsed)[0].value.raw, "1");
}

}  // namespace
}  // namespace pigeon::wire
