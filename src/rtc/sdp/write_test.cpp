#include "rtc/sdp/write.hpp"

#include <string>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "rtc/sdp/description_testing.hpp"
#include "rtc/sdp/golden_testing.hpp"
#include "rtc/sdp/offer_answer.hpp"

namespace pigeon::sdp {
namespace {

/// What can be read is written so that the same is read again, and can be answered.
void expect_stable(std::string_view text) {
  const auto description = parse(text);
  if (!description) return;
  const auto again = parse(write(*description));
  ASSERT_TRUE(again.has_value()) << text;
  EXPECT_TRUE(*again == *description) << text;
  const SessionDescription answer = make_answer(*description, local_parameters());
  EXPECT_EQ(answer.media.size(), description->media.size()) << text;
  const auto read_answer = parse(write(answer));
  ASSERT_TRUE(read_answer.has_value()) << text;
  EXPECT_TRUE(*read_answer == answer) << text;
}

TEST(WriteTest, WritesWhatLibwebrtcWrites) {
  for (const std::string_view text : {chromium_data_offer, chromium_answer, node_webrtc_offer}) {
    EXPECT_EQ(write(parsed(text)), text);
  }
}

TEST(WriteTest, WritesWhatIsReadAgain) {
  for (const auto& [name, text] : golden_texts) {
    SCOPED_TRACE(name);
    expect_stable(text);
  }
}

TEST(WriteTest, WritesADescriptionThatSaysNothing) {
  EXPECT_EQ(write({}), "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\n");
}

TEST(WriteTest, RejectsTheOldFormSoThatItIsReadAgain) {
  const std::string two = std::string(aiortc_offer) + "m=application 9 DTLS/SCTP 5001\r\n";

  const SessionDescription answer = make_answer(parsed(two), local_parameters());

  ASSERT_EQ(answer.media.size(), 2U);
  EXPECT_EQ(answer.media[1].port, 0);
  EXPECT_EQ(parsed(write(answer)), answer);
}

TEST(WriteTest, SurvivesEveryTruncation) {
  for (const auto& [name, text] : golden_texts) {
    SCOPED_TRACE(name);
    for (std::size_t size = 0; size < text.size(); ++size) {
      ASSERT_NO_FATAL_FAILURE(expect_stable(text.substr(0, size)));
    }
  }
}

TEST(WriteTest, SurvivesMutations) {
  constexpr std::string_view alphabet = "\r\n\0 :=/aAmvo0159-";
  Random random = Random::from_number(1);
  for (const auto& [name, text] : golden_texts) {
    SCOPED_TRACE(name);
    for (int round = 0; round < 1'000; ++round) {
      std::string mutated(text);
      for (int change = 0; change < 3; ++change) {
        mutated[random.below(mutated.size())] = alphabet[random.below(alphabet.size())];
      }
      ASSERT_NO_FATAL_FAILURE(expect_stable(mutated));
    }
  }
}

TEST(WriteTest, SurvivesLinesThatAreLostOrRepeated) {
  Random random = Random::from_number(2);
  for (const auto& [name, text] : golden_texts) {
    SCOPED_TRACE(name);
    for (int round = 0; round < 300; ++round) {
      std::string mutated;
      for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n') + 1);
        rest.remove_prefix(line.size());
        const std::uint64_t times = random.chance(1, 20) ? 2 * random.below(2) : 1;
        for (std::uint64_t i = 0; i < times; ++i) mutated.append(line);
      }
      ASSERT_NO_FATAL_FAILURE(expect_stable(mutated));
    }
  }
}

}  // namespace
}  // namespace pigeon::sdp
