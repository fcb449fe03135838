#include "runtime/open_identity.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "persist/identity_file.hpp"
#include "persist/identity_text.hpp"
#include "suite/password_lock.hpp"

namespace pigeon::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OpenIdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "identity_XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    path_ = folder_ + "/keys";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string error(std::string_view password = {}) const {
    const auto identity = open_identity(path_, password);
    return identity ? "(opened)" : identity.error();
  }

  std::string contents() const {
    std::stringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  /// Puts a text behind a lock of as few rounds as are read.
  void write_locked(std::string_view text) const {
    ASSERT_TRUE(persist::create_identity_file(
                    path_, suite::lock_with(as_bytes(text), "sesame", 100'000, {}, {}).value())
                    .has_value());
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

// ---- Locked

TEST_F(OpenIdentityTest, ANodeKeepsItsIdInALockedFile) {
  const auto first = open_identity(path_, "sesame");
  ASSERT_TRUE(first.has_value()) << first.error();
  const auto second = open_identity(path_, "sesame");
  ASSERT_TRUE(second.has_value()) << second.error();

  EXPECT_EQ(first->peer_id(), second->peer_id());
  EXPECT_EQ(first->stored(), second->stored());
  EXPECT_THAT(contents(), HasSubstr("peerpigeon locked identity 1\nrounds 600000\n"));
  for (const std::string& secret :
       {first->stored().signing_private.to_text(), first->stored().encryption_private.to_text(),
        first->stored().signing_public.to_text()}) {
    EXPECT_THAT(contents(), Not(HasSubstr(secret)));
  }
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

// Made with the crypto module of Node, out of the file of docs/identity.md.
TEST_F(OpenIdentityTest, OpensAFileThatNodeHasLocked) {
  std::ofstream(path_)
      << "peerpigeon locked identity 1\n"
         "rounds 100000\n"
         "salt VVVVVVVVVVVVVVVVVVVVVQ\n"
         "iv ZmZmZmZmZmZmZmZm\n"
         "data "
         "_NKzyhiZQEj-LncIrkyNaDdCAkQvKJx3ZzMqK2p7eSFF3-L73I8UwrL-gB1D9-J2bipnSOcvOp0n6moZfh5F"
         "gg5AjWq7qgek5wbMibHXI9iiqqKKF_T88sk77CRFggJ6qfgQ4db9vdedNbfioMrbRaIp9a6ZVpfVBjnWx1A-"
         "8KKAwJRCKuSCu63iVfgsdar8DxcM28AgrqbBGYJOcCXBhaCfTGtNIXAB-G0FlGowAinMRy0cNS2A3bUMauKO"
         "Z8u7mHhMHxxntJRJFYuOOp5VlADSRrz8m5lksOhb4RI5UaOwPtICNR6N-GscX6GFfQLCx5LqfaGeJWyp_-BT"
         "DgbALpb4GCqOQd_D3DVzk7wsEzSVC4OghyW3bHiTGXJUpta4Z2LfrQKe_G3fZX140kkv6GrN4dRoskAeHMZ0"
         "WiiRIAsGAIVCBdVOcVcbSqYj0cwBIRLk8sshBjqJvWzHKeBVZlKvz_Wz1WOauyz9ctrQnffVqeRo5IS9IKPk"
         "ldmAyp-jSJaqyRDpnQdFbr3McXpzKxjlVx1jWuq5"
         "\n";
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);

  const auto identity = open_identity(path_, "correct horse battery staple");

  ASSERT_TRUE(identity.has_value()) << identity.error();
  EXPECT_EQ(identity->peer_id().to_text(), "303c13dbb47344c527e491b80c45b2b6d5033e19");
  EXPECT_THAT(error("correct horse battery staples"), HasSubstr("cannot be unlocked"));
}

TEST_F(OpenIdentityTest, SaysThatAFileIsLockedOrIsNot) {
  const std::string other = path_ + "_plain";
  ASSERT_TRUE(open_identity(path_, "sesame").has_value());
  ASSERT_TRUE(open_identity(other).has_value());

  EXPECT_EQ(error(), path_ + " is locked by a password. Give the password, too.");
  path_ = other;
  EXPECT_THAT(error("sesame"),
              AllOf(HasSubstr(path_ + " is not locked"), HasSubstr("Leave the password out"),
                    Not(HasSubstr("sesame"))));
  EXPECT_EQ(error(), "(opened)");
}

TEST_F(OpenIdentityTest, AWrongPasswordAndADamagedFileCannotBeToldApart) {
  write_locked("whatever");
  const std::string wrong = error("open");
  EXPECT_THAT(wrong, AllOf(HasSubstr(path_ + " cannot be unlocked: wrong password or damaged data, "
                                             "which cannot be told apart. Give the right password"),
                           Not(HasSubstr("open sesame"))));
  std::string text = contents();
  text[text.find("data ") + 7] ^= 1;
  std::ofstream(path_) << text;

  EXPECT_EQ(error("sesame"), wrong);
  EXPECT_EQ(contents(), text);
}

// A sample of places: every try takes all rounds. Reader and lock are tested at every place.
TEST_F(OpenIdentityTest, RefusesALockedFileThatWasChangedOrCut) {
  write_locked(persist::encode_identity(suite::NodeIdentity::generate().value().stored()));
  ASSERT_EQ(error("sesame"), "(opened)");
  const std::string whole = contents();
  for (std::size_t at = 0; at + 1 < whole.size(); at += 29) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    std::ofstream(path_) << changed;
    EXPECT_NE(error("sesame"), "(opened)") << at;
    std::ofstream(path_) << whole.substr(0, at);
    EXPECT_NE(error("sesame"), "(opened)") << at;
  }
}

TEST_F(OpenIdentityTest, SaysWhatIsWrongBehindALock) {
  write_locked("hello");
  EXPECT_THAT(error("sesame"),
              HasSubstr(path_ + ", once unlocked, is not a file with the keys of a node"));
}

TEST_F(OpenIdentityTest, AHostileFileDoesNotCostMinutes) {
  std::ofstream(path_) << "peerpigeon locked identity 1\nrounds 4000000000\n"
                          "salt VVVVVVVVVVVVVVVVVVVVVQ\niv ZmZmZmZmZmZmZmZm\ndata AAAA\n";
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  EXPECT_THAT(error("sesame"), HasSubstr("has rounds that are no number from 100000 to 10000000"));
}

TEST_F(OpenIdentityTest, ProcessesThatLockItAtOnceEndWithOneIdentity) {
  std::array<int, 2> told{};
  ASSERT_EQ(::pipe(told.data()), 0);
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child != 0) continue;
    const auto identity = open_identity(path_, "sesame");
    const std::string id = identity ? identity->peer_id().to_text() : std::string(40, '-');
    ::_exit(::write(told[1], id.data(), id.size()) == 40 ? 0 : 1);
  }
  ::close(told[1]);
  std::string ids(121, '\0');
  std::size_t size = 0;
  for (ssize_t count = 1; count > 0; size += static_cast<std::size_t>(count)) {
    count = ::read(told[0], ids.data() + size, ids.size() - size);
    ASSERT_GE(count, 0);
  }
  ::close(told[0]);
  for (int i = 0; i < 3; ++i) ASSERT_GT(::wait(nullptr), 0);

  const std::string id = open_identity(path_, "sesame").value().peer_id().to_text();
  EXPECT_EQ(ids.substr(0, size), id + id + id);
}

}  // namespace
}  // namespace pigeon::runtime
