#include "apps/peerpigeon/downloads.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/peerpigeon/file_names.hpp"

namespace {
// Errors that file systems give which know no links, or no renaming without overwriting.
int link_error = 0;
int rename_error = 0;
}  // namespace

// The linker's names for the functions that are wrapped.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
int __real_link(const char* from, const char* to);
int __wrap_link(const char* from, const char* to) {
  if (link_error == 0) return __real_link(from, to);
  errno = link_error;
  return -1;
}
int __real_renameat2(int from_folder, const char* from, int to_folder, const char* to,
                     unsigned flags);
int __wrap_renameat2(int from_folder, const char* from, int to_folder, const char* to,
                     unsigned flags) {
  if (rename_error == 0) return __real_renameat2(from_folder, from, to_folder, to, flags);
  errno = rename_error;
  return -1;
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace peerpigeon {
namespace {

namespace fs = std::filesystem;
using pigeon::PeerId;
using pigeon::StreamId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const PeerId alice = *PeerId::parse(std::string(40, 'a'));
const PeerId bob = *PeerId::parse(std::string(40, 'b'));
constexpr StreamId first{1};
constexpr StreamId second{2};

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class DownloadsTest : public ::testing::Test {
 protected:
  DownloadsTest() {
    std::string name = (fs::path(::testing::TempDir()) / "downloads_XXXXXX").native();
    folder_ = fs::path(::mkdtemp(name.data())) / "downloads";
  }
  ~DownloadsTest() override {
    link_error = rename_error = 0;
    fs::remove_all(folder_.parent_path());
  }

  Downloads make(const DownloadLimits& limits = {}) {
    return Downloads(folder_, limits, console_, [this](StreamId stream, std::string_view reason) {
      aborted_.emplace_back(stream, reason);
    });
  }
  static pigeon::StreamReceived begin(StreamId stream, const std::string& name,
                                      std::uint64_t offset = 0, const PeerId& peer = alice) {
    pigeon::StreamInfo info;
    info.filename = name;
    info.resume_token = "token of " + name;
    return {peer, stream, info, offset};
  }
  static pigeon::StreamData data(StreamId stream, std::string_view text) {
    return {alice, stream, {text.begin(), text.end()}};
  }
  static pigeon::StreamCompleted end(StreamId stream, std::uint64_t bytes) {
    return {alice, stream, bytes};
  }
  static pigeon::StreamAborted broken(StreamId stream) { return {alice, stream, "gone"}; }
  /// Names in the folder.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    if (!fs::exists(folder_)) return names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().native());
    }
    return names;
  }

  fs::path folder_;
  Console console_{false, Verbosity::off};
  std::vector<std::pair<StreamId, std::string>> aborted_;
};

TEST_F(DownloadsTest, StoresAFileUnderItsNameOnlyWhenItIsWhole) {
  Downloads downloads = make();
  EXPECT_TRUE(downloads.take(begin(first, "a.txt")));
  EXPECT_TRUE(downloads.take(data(first, "hello ")));
  EXPECT_THAT(names(), SizeIs(1));
  EXPECT_FALSE(fs::exists(folder_ / "a.txt"));
  downloads.take(data(first, "world"));
  downloads.take(end(first, 11));

  EXPECT_THAT(names(), ElementsAre("a.txt"));
  EXPECT_EQ(contents(folder_ / "a.txt"), "hello world");
  EXPECT_THAT(aborted_, IsEmpty());
}

TEST_F(DownloadsTest, AFileThatLacksSomethingIsNotStored) {
  Downloads downloads = make();
  downloads.take(begin(first, "a.txt"));
  downloads.take(data(first, "hello"));
  downloads.take(end(first, 6));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DownloadsTest, OtherEventsAndOtherStreamsAreNotTaken) {
  Downloads downloads = make();
  EXPECT_FALSE(downloads.take(pigeon::PeerConnected{alice}));
  EXPECT_FALSE(downloads.take(end(first, 0)));
  EXPECT_FALSE(downloads.take(broken(first)));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DownloadsTest, AFileThatBrokeOffGoesOnWhereItStopped) {
  Downloads downloads = make();
  downloads.take(begin(first, "a.txt"));
  downloads.take(data(first, "hello, wor"));
  EXPECT_TRUE(downloads.take(broken(first)));
  downloads.take(begin(second, "a.txt", 7));
  downloads.take(data(second, "mesh"));
  downloads.take(end(second, 11));

  EXPECT_THAT(names(), ElementsAre("a.txt"));
  EXPECT_EQ(contents(folder_ / "a.txt"), "hello, mesh");
}

TEST_F(DownloadsTest, NobodyGoesOnWithTheFileOfAnother) {
  Downloads downloads = make();
  downloads.take(begin(first, "a.txt"));
  downloads.take(data(first, "hello"));
  downloads.take(broken(first));
  downloads.take(begin(second, "a.txt", 5, bob));

  ASSERT_THAT(aborted_, SizeIs(1));
  EXPECT_EQ(aborted_[0], std::pair(second, std::string("its beginning is not here any more")));
}

TEST_F(DownloadsTest, WhatIsNotWholeGoesWithTheProgram) {
  {
    Downloads downloads = make();
    downloads.take(begin(first, "a"));
    downloads.take(begin(second, "b"));
    downloads.take(broken(second));
    EXPECT_THAT(names(), SizeIs(2));
  }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DownloadsTest, LeftoversGoAndTheFilesOfARunningProgramStay) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / ".part-1-1") << "left by a crash";
  std::ofstream(folder_ / "kept.txt") << "kept";
  Downloads other = make();
  other.take(begin(first, "others"));
  EXPECT_FALSE(fs::exists(folder_ / ".part-1-1"));
  other.take(data(first, "theirs"));

  Downloads ours = make();
  ours.take(begin(first, "ours"));
  ours.take(end(first, 0));
  other.take(end(first, 6));

  EXPECT_THAT(names(), UnorderedElementsAre("kept.txt", "ours", "others"));
}

TEST_F(DownloadsTest, RefusesWhatIsTooLarge) {
  Downloads downloads = make({.file_bytes_max = 4});
  auto large = begin(first, "large");
  large.info.total_size = 5;
  downloads.take(large);
  downloads.take(begin(second, "liar"));
  downloads.take(data(second, "12345"));

  EXPECT_THAT(aborted_,
              ElementsAre(std::pair(first, std::string("larger than is accepted here")),
                          std::pair(second, std::string("larger than is accepted here"))));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DownloadsTest, BoundsTheBytesOfAllFiles) {
  Downloads downloads = make({.file_bytes_max = 4, .full_files_max = 2});
  for (std::uint64_t i = 0; i < 3; ++i) {
    downloads.take(begin(StreamId{i}, "a"));
    downloads.take(data(StreamId{i}, "1234"));
    downloads.take(end(StreamId{i}, 4));
  }
  EXPECT_THAT(aborted_,
              ElementsAre(std::pair(StreamId{2}, std::string("no more files are taken"))));
  EXPECT_THAT(names(), SizeIs(2));
}

TEST_F(DownloadsTest, BoundsTheCountOfFilesAndOfOpenOnes) {
  Downloads downloads = make({.files_max = 3, .open_max = 2});
  for (std::uint64_t i = 0; i < 3; ++i) downloads.take(begin(StreamId{i}, "a"));
  EXPECT_THAT(aborted_,
              ElementsAre(std::pair(StreamId{2}, std::string("too many files at a time"))));

  downloads.take(end(StreamId{0}, 0));
  downloads.take(end(StreamId{1}, 0));
  downloads.take(begin(StreamId{3}, "a"));
  downloads.take(end(StreamId{3}, 0));
  downloads.take(begin(StreamId{4}, "a"));
  ASSERT_THAT(aborted_, SizeIs(2));
  EXPECT_EQ(aborted_[1], std::pair(StreamId{4}, std::string("no more files are taken")));
  EXPECT_THAT(names(), UnorderedElementsAre("a", "a (2)", "a (3)"));
}

TEST_F(DownloadsTest, KeepsOnlySoManyFilesThatBrokeOff) {
  Downloads downloads = make({.broken_max = 2});
  for (std::uint64_t i = 0; i < 5; ++i) {
    downloads.take(begin(StreamId{i}, "file" + std::to_string(i)));
    downloads.take(broken(StreamId{i}));
  }
  EXPECT_THAT(names(), SizeIs(2));
}

TEST_F(DownloadsTest, SaysIfTheFolderCannotBeUsed) {
  std::ofstream(folder_) << "a file where the folder should be";
  Downloads downloads = make();
  downloads.take(begin(first, "a"));
  EXPECT_THAT(aborted_, ElementsAre(std::pair(first, std::string("it cannot be stored here"))));
}

TEST_F(DownloadsTest, StoresFilesWhereNoLinksExist) {
  link_error = EPERM;
  for (const int error : {0, EINVAL}) {
    rename_error = error;
    Downloads downloads = make();
    for (const std::uint64_t i : {1U, 2U}) {
      downloads.take(begin(StreamId{i}, "a.txt"));
      downloads.take(data(StreamId{i}, "hello"));
      downloads.take(end(StreamId{i}, 5));
    }
  }
  EXPECT_THAT(names(), UnorderedElementsAre("a.txt", "a (2).txt", "a (3).txt", "a (4).txt"));
  for (const std::string& name : names()) EXPECT_EQ(contents(folder_ / name), "hello");
}

}  // namespace
}  // namespace peerpigeon
