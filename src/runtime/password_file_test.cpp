#include "runtime/password_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pigeon::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PasswordFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "password_XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    path_ = folder_ + "/password";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// The password in a file of this text, or "error: " and the error.
  std::string read(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path_) << text;
    EXPECT_EQ(::chmod(path_.c_str(), mode), 0);
    return read();
  }
  std::string read() const {
    const auto password = read_password_file(path_);
    return password ? *password : "error: " + password.error();
  }

  std::string folder_;
  std::string path_;
};

TEST_F(PasswordFileTest, TheFirstLineIsThePassword) {
  EXPECT_EQ(read("open sesame"), "open sesame");
  EXPECT_EQ(read("open sesame\n"), "open sesame");
  EXPECT_EQ(read("open sesame\r\n"), "open sesame");
  EXPECT_EQ(read("open sesame\nof the cave\n" + std::string(100'000, 'x')), "open sesame");
  EXPECT_EQ(read(" # \t\n"), " # \t");
}

TEST_F(PasswordFileTest, APasswordHasAtMost1024Bytes) {
  const std::string longest(1'024, 'p');
  EXPECT_EQ(read(longest), longest);
  EXPECT_EQ(read(longest + "\n"), longest);
  EXPECT_EQ(read(longest + "\r\n"), longest);
  for (const std::string end : {"", "\n", "\r\n", "ppp"}) {
    EXPECT_THAT(read(longest + "p" + end), HasSubstr("first line of more than 1024 bytes"));
  }
}

TEST_F(PasswordFileTest, RefusesAFileWithoutAPassword) {
  for (const std::string text : {"", "\n", "\r\n", "\nopen sesame\n"}) {
    EXPECT_THAT(read(text), HasSubstr("has no password in its first line")) << text;
  }
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_THAT(read(), HasSubstr(path_ + " does not exist"));
}

TEST_F(PasswordFileTest, RefusesAFileThatOthersCanUse) {
  EXPECT_THAT(read("open sesame", 0640),
              AllOf(StartsWith("error: " + path_ + " is readable by others. Run chmod 600 "),
                    HasSubstr("choose another password"), Not(HasSubstr("sesame"))));
  EXPECT_THAT(read("open sesame", 0602), HasSubstr("is open to change by others"));
  EXPECT_EQ(read("open sesame", 0400), "open sesame");
}

TEST_F(PasswordFileTest, RefusesWhatIsNoFile) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  EXPECT_THAT(read(), HasSubstr("is a directory. Name a file for the password."));
}

}  // namespace
}  // namespace pigeon::runtime
