#include "rtc/ice/candidate.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pigeon::ice {
namespace {

Candidate parsed(std::string_view text) {
  const auto candidate = parse_candidate(text);
  EXPECT_TRUE(candidate) << text << ": " << to_string(candidate.error());
  return candidate ? *candidate : Candidate();
}

// As browsers write them.
constexpr std::string_view chromium_host =
    "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.5 rport 40000 "
    "generation 0 ufrag Kx7h network-cost 999";
constexpr std::string_view chromium_mdns =
    "candidate:1510613869 1 udp 2113937151 f1a2b3c4-5d6e-4f70-8a9b-0c1d2e3f4a5b.local 54400 typ "
    "host generation 0 ufrag dTuu network-cost 999";
constexpr std::string_view firefox_tcp =
    "candidate:1 1 TCP 2105524479 192.168.1.4 9 typ host tcptype active";

TEST(CandidateTest, ReadsAServerReflexiveCandidate) {
  const Candidate candidate = parsed(chromium_host);

  EXPECT_EQ(candidate.foundation, "842163049");
  EXPECT_EQ(candidate.component, 1);
  EXPECT_EQ(candidate.transport, Transport::udp);
  EXPECT_EQ(candidate.priority, 1'677'729'535U);
  EXPECT_EQ(candidate.address.to_text(), "203.0.113.7:46154");
  EXPECT_EQ(candidate.type, CandidateType::server_reflexive);
  ASSERT_TRUE(candidate.related);
  EXPECT_EQ(candidate.related->to_text(), "10.0.0.5:40000");
  EXPECT_EQ(candidate.ufrag, "Kx7h");
}

TEST(CandidateTest, KeepsAHostNameUnresolved) {
  const Candidate candidate = parsed(chromium_mdns);

  EXPECT_FALSE(candidate.resolved());
  EXPECT_EQ(candidate.host_name, "f1a2b3c4-5d6e-4f70-8a9b-0c1d2e3f4a5b.local");
  EXPECT_EQ(candidate.address.port, 54'400);
}

TEST(CandidateTest, ReadsATcpCandidate) {
  const Candidate candidate = parsed(firefox_tcp);

  EXPECT_EQ(candidate.transport, Transport::tcp);
  EXPECT_EQ(candidate.tcp_type, "active");
}

TEST(CandidateTest, TakesAnyPrefixAndLineEnd) {
  const std::string bare(chromium_host.substr(10));

  EXPECT_EQ(parsed(bare), parsed(chromium_host));
  EXPECT_EQ(parsed("a=candidate:" + bare), parsed(chromium_host));
  EXPECT_EQ(parsed("a=candidate:" + bare + "\r\n"), parsed(chromium_host));
}

TEST(CandidateTest, WritesWhatItReads) {
  const std::string text =
      "candidate:1 1 udp 41885439 2001:db8::7 50000 typ relay raddr 203.0.113.7 rport 46154 ufrag "
      "abcd";

  EXPECT_EQ(to_text(parsed(text)), text);
  for (const auto sample : {chromium_host, chromium_mdns, firefox_tcp}) {
    EXPECT_EQ(parsed(to_text(parsed(sample))), parsed(sample));
  }
}

TEST(CandidateTest, SaysWhyATextIsNone) {
  const auto error_of = [](std::string_view text) { return parse_candidate(text).error(); };

  EXPECT_EQ(error_of(""), CandidateError::too_few_fields);
  EXPECT_EQ(error_of("candidate:1 1 udp 1 192.0.2.1 1 typ"), CandidateError::too_few_fields);
  EXPECT_EQ(error_of("1 0 udp 1 192.0.2.1 1 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 257 udp 1 192.0.2.1 1 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 sctp 1 192.0.2.1 1 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 udp 4294967296 192.0.2.1 1 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 udp -1 192.0.2.1 1 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 udp 1 <script> 1 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 udp 1 192.0.2.1 65536 typ host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 udp 1 192.0.2.1 1 tip host"), CandidateError::malformed_field);
  EXPECT_EQ(error_of("1 1 udp 1 192.0.2.1 1 typ guest"), CandidateError::unknown_type);
  EXPECT_EQ(error_of("1 1 udp 1 192.0.2.1 1 typ host rport x"), CandidateError::malformed_field);
  EXPECT_EQ(error_of(std::string(1'025, '1')), CandidateError::too_long);
}

TEST(CandidateTest, ALineEndInAnExtensionIsNotPassedOn) {
  const std::string start = "1 1 udp 1 192.0.2.1 1 typ host ";

  EXPECT_FALSE(parse_candidate(start + "ufrag ab\na=fingerprint:x"));
  EXPECT_FALSE(parse_candidate(start + "tcptype so\r\nx"));
  EXPECT_FALSE(parse_candidate(start + "ufrag"));
  EXPECT_TRUE(parse_candidate(start + "generation 0 ufrag ab+/"));
}

TEST(CandidateTest, EveryTruncationIsReadOrRefused) {
  for (std::size_t size = 0; size < chromium_host.size(); ++size) {
    const auto candidate = parse_candidate(chromium_host.substr(0, size));
    if (candidate) {
      EXPECT_TRUE(parse_candidate(to_text(*candidate))) << size;
    }
  }
}

// RFC 8445 section 5.1.2.1.
TEST(CandidateTest, PrioritiesFollowTheFormula) {
  EXPECT_EQ(candidate_priority(CandidateType::host, 65'535), 2'130'706'431U);
  EXPECT_EQ(candidate_priority(CandidateType::server_reflexive, 65'535), 1'694'498'815U);
  EXPECT_EQ(candidate_priority(CandidateType::relayed, 65'535), 16'777'215U);
}

}  // namespace
}  // namespace pigeon::ice
