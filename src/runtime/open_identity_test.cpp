#include "runtime/open_identity.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "persist/identity_file.hpp"

namespace pigeon::runtime {
namespace {

using testing::HasSubstr;

class OpenIdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "identity_XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    path_ = folder_ + "/keys";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string error() const {
    const auto identity = open_identity(path_);
    return identity ? "(opened)" : identity.error();
  }

  std::string folder_;
  std::string path_;
};

TEST_F(OpenIdentityTest, ANodeKeepsItsIdInAFile) {
  const auto first = open_identity(path_);
  ASSERT_TRUE(first.has_value()) << first.error();
  const auto second = open_identity(path_);
  ASSERT_TRUE(second.has_value()) << second.error();

  EXPECT_EQ(first->peer_id(), second->peer_id());
  EXPECT_EQ(first->stored(), second->stored());
}

TEST_F(OpenIdentityTest, WithoutAFileEveryNodeIsAnother) {
  EXPECT_NE(open_identity("").value().peer_id(), open_identity("").value().peer_id());
}

TEST_F(OpenIdentityTest, RefusesHalvesThatDoNotFit) {
  auto keys = suite::NodeIdentity::generate().value().stored();
  keys.encryption_public = keys.signing_public;
  ASSERT_TRUE(persist::create_identity_file(path_, keys).has_value());

  EXPECT_THAT(error(), HasSubstr("public key does not fit its private key"));
  EXPECT_THAT(error(), HasSubstr(path_));
}

TEST_F(OpenIdentityTest, RefusesAScalarOutOfRange) {
  auto keys = suite::NodeIdentity::generate().value().stored();
  keys.signing_private = crypto::PrivateScalar(std::array<std::uint8_t, 32>{});
  ASSERT_TRUE(persist::create_identity_file(path_, keys).has_value());

  EXPECT_THAT(error(), HasSubstr("invalid private key"));
}

TEST_F(OpenIdentityTest, PassesOnWhatIsWrongWithTheFile) {
  std::ofstream(path_) << "hello";
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("is not a file with the keys of a node"));
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_THAT(error(), HasSubstr("Run chmod 600"));
}

TEST_F(OpenIdentityTest, RefusesALinkToNowhere) {
  ASSERT_EQ(::symlink("nowhere", path_.c_str()), 0);

  EXPECT_THAT(error(), HasSubstr("is a link to a file that does not exist"));
}

}  // namespace
}  // namespace pigeon::runtime
