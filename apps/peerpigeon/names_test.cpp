// Names of peers and of files.
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/peerpigeon/file_names.hpp"
#include "apps/peerpigeon/peer_names.hpp"

namespace peerpigeon {
namespace {

using pigeon::PeerId;
using ::testing::HasSubstr;

PeerId id(const std::string& beginning) {
  return *PeerId::parse(beginning + std::string(40 - beginning.size(), '0'));
}

TEST(PeerNamesTest, FindsAPeerByTheBeginningOfItsId) {
  const std::vector<PeerId> peers = {id("3f2a"), id("3f77"), id("90")};

  EXPECT_EQ(*find_peer("9", peers), id("90"));
  EXPECT_EQ(*find_peer("3F2", peers), id("3f2a"));
  EXPECT_THAT(find_peer("3f", peers).error(), HasSubstr("2 peers' ids begin with \"3f\""));
  EXPECT_THAT(find_peer("4", peers).error(), HasSubstr("no known peer"));
  EXPECT_THAT(find_peer("", peers).error(), HasSubstr("no known peer"));
  EXPECT_THAT(find_peer("bob", peers).error(), HasSubstr("no peer id"));
  EXPECT_THAT(find_peer(std::string(41, '3'), peers).error(), HasSubstr("no peer id"));
}

TEST(PeerNamesTest, AWholeIdNeedsNoList) {
  EXPECT_EQ(*find_peer(id("abc").to_text(), {}), id("abc"));
}

TEST(PeerNamesTest, FindsWhatTextsBeginWith) {
  const std::vector<std::string> texts = {"3f2a", "3f77", "3f"};
  EXPECT_EQ(shared_beginning(texts), "3f");
  EXPECT_EQ(shared_beginning({}), "");
}

TEST(FileNamesTest, KeepsOrdinaryNames) {
  EXPECT_EQ(sanitize_file_name("report 2.tar.gz"), "report 2.tar.gz");
  EXPECT_EQ(sanitize_file_name("\xc3\xa4.txt"), "\xc3\xa4.txt");
}

TEST(FileNamesTest, NothingLeadsOutOfTheFolder) {
  EXPECT_EQ(sanitize_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(sanitize_file_name("/etc/passwd"), "passwd");
  EXPECT_EQ(sanitize_file_name("..\\..\\boot.ini"), "boot.ini");
  EXPECT_EQ(sanitize_file_name(".."), "file");
  EXPECT_EQ(sanitize_file_name("."), "file");
  EXPECT_EQ(sanitize_file_name("a/"), "file");
  EXPECT_EQ(sanitize_file_name(""), "file");
  EXPECT_EQ(sanitize_file_name(std::string_view("a\0/b", 4)), "b");
}

TEST(FileNamesTest, NothingIsHiddenOrObeyed) {
  EXPECT_EQ(sanitize_file_name(".bashrc"), "_bashrc");
  EXPECT_EQ(sanitize_file_name("-rf"), "_rf");
  EXPECT_EQ(sanitize_file_name("a\x1b[2J\n.txt"), "a_x1b[2J_x0a.txt");
  EXPECT_EQ(sanitize_file_name("con:*?\"<>|"), "con_______");
  EXPECT_EQ(sanitize_file_name("$(id)`id`;&'!{}~#"), "__id__id_________");
  EXPECT_EQ(sanitize_file_name("trailing. . "), "trailing");
}

TEST(FileNamesTest, LongNamesKeepTheirEnding) {
  const std::string name = sanitize_file_name(std::string(500, 'a') + ".pdf");
  EXPECT_EQ(name.size(), file_name_bytes_max);
  EXPECT_TRUE(name.ends_with("a.pdf"));
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(sanitize_file_name(umlauts).size() % 2, 0U);
}

TEST(FileNamesTest, NothingIsOverwritten) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "peerpigeon_file_names";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto store = [&](const std::string& text) {
    std::ofstream(folder / "part") << text;
    return move_without_overwriting(folder / "part", folder, "a.txt").filename();
  };

  EXPECT_EQ(store("one"), "a.txt");
  EXPECT_EQ(store("two"), "a (2).txt");
  EXPECT_EQ(store("three"), "a (3).txt");
  std::string kept;
  std::ifstream(folder / "a.txt") >> kept;
  EXPECT_EQ(kept, "one");
  EXPECT_FALSE(std::filesystem::exists(folder / "part"));
  EXPECT_TRUE(move_without_overwriting(folder / "none", folder, "b").empty());
}

TEST(FileNamesTest, ATokenNamesOneVersionOfAFile) {
  EXPECT_EQ(resume_token("a", 1, 2), resume_token("a", 1, 2));
  EXPECT_NE(resume_token("a", 1, 2), resume_token("b", 1, 2));
  EXPECT_NE(resume_token("a", 1, 2), resume_token("a", 2, 2));
  EXPECT_NE(resume_token("a", 1, 2), resume_token("a", 1, 3));
}

}  // namespace
}  // namespace peerpigeon
