#include "suite/answerer.hpp"

#include <string>
#include <variant>

#include <gtest/gtest.h>

namespace pigeon::suite {
namespace {

using crypto::Answer;

class AnswererTest : public testing::Test {
 protected:
  NodeIdentity alice_ = NodeIdentity::generate().value();
  NodeIdentity bob_ = NodeIdentity::generate().value();
  Answerer answerer_;
};

TEST_F(AnswererTest, SignsAsTheNodeAndVerifies) {
  const Answer signature = answerer_.answer(crypto::SignRequest{"hello"}, alice_);

  ASSERT_TRUE(std::holds_alternative<crypto::SignatureBytes>(signature));
  const auto check = [&](const NodeIdentity& signer, const std::string& text) {
    return answerer_.answer(crypto::VerifyRequest{signer.signing().public_key(), text,
                                                  std::get<crypto::SignatureBytes>(signature)},
                            bob_);
  };
  EXPECT_EQ(std::get<bool>(check(alice_, "hello")), true);
  EXPECT_EQ(std::get<bool>(check(alice_, "hullo")), false);
  EXPECT_EQ(std::get<bool>(check(bob_, "hello")), false);
}

TEST_F(AnswererTest, SealsForAPeerThatOpens) {
  const Answer sealed =
      answerer_.answer(crypto::SealRequest{bob_.encryption().public_key(), "secret"}, alice_);

  ASSERT_TRUE(std::holds_alternative<crypto::SealedText>(sealed));
  const crypto::OpenRequest open{std::get<crypto::SealedText>(sealed), {}};
  EXPECT_EQ(std::get<std::string>(answerer_.answer(open, bob_)), "secret");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(answerer_.answer(open, alice_)));
}

TEST_F(AnswererTest, OpensWithTheKeyOfTheGroupThatIsNamed) {
  GroupKeys groups;
  const auto& key = groups.emplace("chess", EncryptionKey::generate().value()).first->second;
  groups.emplace("go", EncryptionKey::generate().value());
  const Answer sealed = answerer_.answer(crypto::SealRequest{key.public_key(), "mate"}, alice_);
  const auto opened = [&](const std::string& group, const GroupKeys& known) {
    return answerer_.answer(crypto::OpenRequest{std::get<crypto::SealedText>(sealed), group}, bob_,
                            known);
  };

  EXPECT_EQ(std::get<std::string>(opened("chess", groups)), "mate");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(opened("go", groups)));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(opened("", groups)));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(opened("chess", {})));
}

TEST_F(AnswererTest, KeysThatAreNoPointsGiveNothing) {
  const crypto::SigningPublicKey nowhere({});

  EXPECT_TRUE(std::holds_alternative<std::monostate>(
      answerer_.answer(crypto::SealRequest{nowhere, "secret"}, alice_)));
  EXPECT_EQ(std::get<bool>(answerer_.answer(crypto::VerifyRequest{nowhere, "hello", {}}, alice_)),
            false);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(
      answerer_.answer(crypto::OpenRequest{crypto::SealedText{Bytes(40), {}, {}}, {}}, alice_)));
}

}  // namespace
}  // namespace pigeon::suite
