#include "persist/identity_file.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::persist {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// Keys that differ by a number and do not fit each other, which is not for a file to know.
StoredIdentity numbered(std::uint8_t number) {
  std::array<std::uint8_t, 32> scalar{};
  std::array<std::uint8_t, 64> point{};
  scalar.fill(number);
  point.fill(number);
  return crypto::StoredKeys{crypto::PrivateScalar(scalar), crypto::SigningPublicKey(point),
                            crypto::PrivateScalar(scalar), crypto::SigningPublicKey(point)};
}

StoredIdentity locked() {
  return crypto::LockedText{.rounds = 100'000, .salt = {1}, .iv = {2}, .ciphertext = Bytes(450, 3)};
}

/// A umask for as long as it lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

class IdentityFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "identity_XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    path_ = folder_ + "/keys";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path_) << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  std::string error() const {
    const auto keys = read_identity_file(path_);
    return keys ? "(read)" : keys.error();
  }
  mode_t mode() const {
    struct stat status {};
    EXPECT_EQ(::stat(path_.c_str(), &status), 0);
    return status.st_mode & 07777U;
  }
  std::size_t file_count() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++count;
    return count;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(IdentityFileTest, ReadsWhatItHasCreated) {
  const auto created = create_identity_file(path_, numbered(1));

  ASSERT_TRUE(created.has_value()) << created.error();
  EXPECT_EQ(*created, IdentityFile::created);
  EXPECT_EQ(read_identity_file(path_).value(), numbered(1));
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(IdentityFileTest, ReadsWhatIsLockedAsItHasCreatedIt) {
  ASSERT_EQ(create_identity_file(path_, locked()).value(), IdentityFile::created);

  EXPECT_EQ(read_identity_file(path_).value(), locked());
  EXPECT_EQ(mode(), 0600U);
  EXPECT_EQ(file_count(), 1U);
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_THAT(error(), HasSubstr("readable by others"));
}

TEST_F(IdentityFileTest, SaysWhatIsWrongWithALockedFile) {
  write("peerpigeon locked identity 1\nrounds 10\nsalt AA\niv AA\ndata AA\n");
  EXPECT_THAT(error(), AllOf(StartsWith(path_ + " has rounds that are no number from 100000"),
                             HasSubstr("delete it for new keys")));
  write("peerpigeon locked identity 2\n");
  EXPECT_THAT(error(), HasSubstr("is of another version than 1"));
}

TEST_F(IdentityFileTest, NothingIsThereBefore) {
  EXPECT_EQ(read_identity_file(path_).value(), std::nullopt);
}

TEST_F(IdentityFileTest, KeepsWhatIsThere) {
  ASSERT_EQ(create_identity_file(path_, numbered(1)).value(), IdentityFile::created);

  EXPECT_EQ(create_identity_file(path_, numbered(2)).value(), IdentityFile::already_there);
  EXPECT_EQ(read_identity_file(path_).value(), numbered(1));
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(IdentityFileTest, OnlyItsOwnerCanReadItWhateverTheUmask) {
  for (const mode_t mask : {0U, 022U, 077U, 0777U}) {
    const Umask umask(mask);
    ASSERT_EQ(create_identity_file(path_, numbered(1)).value(), IdentityFile::created);

    EXPECT_EQ(mode(), 0600U) << mask;
    EXPECT_EQ(error(), "(read)");
    ASSERT_EQ(::unlink(path_.c_str()), 0);
  }
}

TEST_F(IdentityFileTest, RefusesOneThatOthersCanUse) {
  ASSERT_EQ(create_identity_file(path_, numbered(1)).value(), IdentityFile::created);
  for (mode_t bit = 1; bit <= 040; bit = bit << 1U) {
    ASSERT_EQ(::chmod(path_.c_str(), 0600U | bit), 0);

    EXPECT_THAT(error(), AllOf(StartsWith(path_ + " is "), HasSubstr("by others. Run chmod 600 ")))
        << bit;
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  EXPECT_THAT(error(), HasSubstr("is readable by others"));
  ASSERT_EQ(::chmod(path_.c_str(), 0622), 0);
  EXPECT_THAT(error(), HasSubstr("is open to change by others"));
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  EXPECT_EQ(error(), "(read)");
}

TEST_F(IdentityFileTest, RefusesTheFileOfAnotherUser) {
  if (::geteuid() == 0) {
    ASSERT_EQ(create_identity_file(path_, numbered(1)).value(), IdentityFile::created);
    ASSERT_EQ(::chown(path_.c_str(), 65'534, 65'534), 0);
  } else {
    path_ = "/etc/passwd";
  }

  EXPECT_THAT(error(), HasSubstr("belongs to another user"));
}

TEST_F(IdentityFileTest, RefusesWhatIsNoFile) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  EXPECT_THAT(error(), HasSubstr("is a directory"));
  ASSERT_EQ(::rmdir(path_.c_str()), 0);

  // Nobody writes into it: waiting for its end would take forever.
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(error(), HasSubstr("is not a file"));
}

TEST_F(IdentityFileTest, FollowsASymbolicLink) {
  const std::string elsewhere = folder_ + "/elsewhere";
  ASSERT_EQ(::symlink("elsewhere", path_.c_str()), 0);
  EXPECT_EQ(read_identity_file(path_).value(), std::nullopt);
  EXPECT_EQ(create_identity_file(path_, numbered(1)).value(), IdentityFile::already_there);

  ASSERT_EQ(create_identity_file(elsewhere, numbered(2)).value(), IdentityFile::created);
  EXPECT_EQ(read_identity_file(path_).value(), numbered(2));
  ASSERT_EQ(::chmod(elsewhere.c_str(), 0640), 0);
  EXPECT_THAT(error(), HasSubstr("readable by others"));
}

TEST_F(IdentityFileTest, RefusesEveryTruncation) {
  ASSERT_EQ(create_identity_file(path_, numbered(1)).value(), IdentityFile::created);
  std::stringstream whole;
  whole << std::ifstream(path_).rdbuf();
  const std::string text = whole.str();
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    write(text.substr(0, size));

    EXPECT_THAT(error(), AllOf(StartsWith(path_), HasSubstr("delete it for new keys"))) << size;
  }
}

TEST_F(IdentityFileTest, ReadsNoMoreThanAFileMayHave) {
  write(std::string(4'097, '#'));
  EXPECT_THAT(error(), HasSubstr("is longer than 4096 bytes"));
  // Takes no room on the disk, and would take all of the memory.
  ASSERT_EQ(::truncate(path_.c_str(), off_t{1} << 40), 0);
  EXPECT_THAT(error(), HasSubstr("is longer than 4096 bytes"));
}

TEST_F(IdentityFileTest, SaysWhereItCannotWrite) {
  EXPECT_THAT(create_identity_file(folder_ + "/none/keys", numbered(1)).error(),
              AllOf(HasSubstr(folder_ + "/none/keys"), HasSubstr("No such file or directory")));
  write("");
  EXPECT_THAT(read_identity_file(path_ + "/keys").error(), HasSubstr("Not a directory"));
}

/// What the child processes say when they have been let go together.
enum Outcome : int { created = 10, already_there, wrong };

int create_when_told(const std::string& path, std::uint8_t number, int start) {
  char byte = 0;
  static_cast<void>(::read(start, &byte, 1));
  const auto result = create_identity_file(path, numbered(number));
  if (!result) return wrong;
  const auto keys = read_identity_file(path);
  if (!keys || !keys->has_value()) return wrong;
  return *result == IdentityFile::created ? created : already_there;
}

TEST_F(IdentityFileTest, ProcessesThatCreateItAtOnceEndWithOneIdentity) {
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> start{};
    ASSERT_EQ(::pipe(start.data()), 0);
    std::vector<pid_t> children;
    for (std::uint8_t number = 1; number <= 6; ++number) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        ::close(start[1]);
        ::_exit(create_when_told(path_, number, start[0]));
      }
      children.push_back(child);
    }
    ::close(start[0]);
    ::close(start[1]);

    std::vector<int> outcomes;
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      outcomes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : wrong);
    }
    EXPECT_THAT(outcomes,
                testing::UnorderedElementsAre(created, already_there, already_there, already_there,
                                              already_there, already_there));
    EXPECT_EQ(file_count(), 1U);
    ASSERT_EQ(::unlink(path_.c_str()), 0);
  }
}

}  // namespace
}  // namespace pigeon::persist
