#include "apps/peerpigeon/answers.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

TEST(AnswersTest, AnswersGreetingsAndPings) {
  EXPECT_EQ(answer_to("PING!", "3f2a", "bob", 4), "pong from bob");
  EXPECT_EQ(answer_to("oh, Hello there", "3f2a", "bob", 1),
            "welcome, 3f2a! This is bob, with 1 link");
  EXPECT_EQ(answer_to("shipping this", "3f2a", "bob", 4), std::nullopt);
  EXPECT_EQ(answer_to(std::string(300, ' ') + "hi", "3f2a", "bob", 4), std::nullopt);
}

TEST(AnswersTest, NoAnswerIsAnswered) {
  for (const auto* text : {"ping", "hello"}) {
    const auto answer = answer_to(text, "3f2a", "bob", 4);
    EXPECT_EQ(answer_to(*answer, "90ab", "ann", 4), std::nullopt);
  }
}

}  // namespace
}  // namespace peerpigeon
