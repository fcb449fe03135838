#include "apps/peerpigeon/chat_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace peerpigeon {
namespace {

using Kind = ChatCommand::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<std::string> peers = {"3f2a91c0", "3f77aa00", "90000000"};

TEST(ChatCommandTest, ReadsCommandsBehindASlash) {
  EXPECT_EQ(parse_chat_line("/dm 3f2a  see you  at eight "),
            (ChatCommand{Kind::direct_message, "3f2a", "see you  at eight"}));
  EXPECT_EQ(parse_chat_line("/file 3f2a my report.pdf"),
            (ChatCommand{Kind::send_file, "3f2a", "my report.pdf"}));
  EXPECT_EQ(parse_chat_line("/send dm me"), (ChatCommand{Kind::broadcast, "", "dm me"}));
  EXPECT_EQ(parse_chat_line("  /quit now").kind, Kind::quit);
  EXPECT_EQ(parse_chat_line("/connect wss://h").text, "wss://h");
}

TEST(ChatCommandTest, TakesCommandsWithoutASlashOnlyInTheirShape) {
  EXPECT_EQ(parse_chat_line("help").kind, Kind::help);
  EXPECT_EQ(parse_chat_line("help me please"),
            (ChatCommand{Kind::broadcast, "", "help me please"}));
  EXPECT_EQ(parse_chat_line("dm 3f2a hello").kind, Kind::direct_message);
  EXPECT_EQ(parse_chat_line("dm me later").kind, Kind::broadcast);
  EXPECT_EQ(parse_chat_line("connect ws://localhost:1").kind, Kind::connect);
  EXPECT_EQ(parse_chat_line("connect the dots").kind, Kind::broadcast);
  EXPECT_EQ(parse_chat_line("send flowers").kind, Kind::broadcast);
  EXPECT_EQ(parse_chat_line("send flowers").text, "send flowers");
}

TEST(ChatCommandTest, SaysWhatIsMissingOrUnknown) {
  EXPECT_EQ(parse_chat_line("/dm 3f2a"), (ChatCommand{Kind::incomplete, "", "/dm ID WORDS"}));
  EXPECT_EQ(parse_chat_line("/hlep"), (ChatCommand{Kind::unknown, "", "did you mean /help?"}));
  EXPECT_EQ(parse_chat_line("/").kind, Kind::unknown);
  EXPECT_EQ(parse_chat_line(" \t").kind, Kind::nothing);
}

TEST(ChatCommandTest, TwoSlashesSayOne) {
  EXPECT_EQ(parse_chat_line("//dm is a command"),
            (ChatCommand{Kind::broadcast, "", "/dm is a command"}));
}

TEST(ChatCommandTest, CompletesCommandsAndIds) {
  EXPECT_THAT(complete_chat_line("/d", peers), ElementsAre("/dm", "/disconnect"));
  EXPECT_THAT(complete_chat_line("qu", peers), ElementsAre("quit"));
  EXPECT_THAT(complete_chat_line("/dm 3f", peers), ElementsAre("3f2a91c0", "3f77aa00"));
  EXPECT_THAT(complete_chat_line("file ", peers), SizeIs(3));
  EXPECT_THAT(complete_chat_line("/dm 3f2a 9", peers), IsEmpty());
  EXPECT_THAT(complete_chat_line("hello 3f", peers), IsEmpty());
}

}  // namespace
}  // namespace peerpigeon
