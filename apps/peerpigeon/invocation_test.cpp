#include "apps/peerpigeon/invocation.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/peerpigeon/config_file.hpp"
#include "apps/peerpigeon/doctor_parts.hpp"

namespace peerpigeon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const apps::Environment nowhere = {{"PEERPIGEON_HOME", "/nowhere"}};

Invocation accepted(const std::vector<std::string>& arguments,
                    const apps::Environment& environment = nowhere) {
  auto read = read_invocation(arguments, environment);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : Invocation{};
}

std::string error(const std::vector<std::string>& arguments,
                  const apps::Environment& environment = nowhere) {
  const auto read = read_invocation(arguments, environment);
  return read ? "accepted" : read.error().message;
}

TEST(InvocationTest, WithoutACommandItIsInteractiveOnThisMachine) {
  const Invocation invocation = accepted({});
  EXPECT_EQ(invocation.command, Command::interactive);
  EXPECT_EQ(invocation.settings.url, "ws://localhost:3000");
  EXPECT_FALSE(invocation.has_url);
}

TEST(InvocationTest, OptionsStandAnywhere) {
  const Invocation invocation =
      accepted({"--json", "send", "one", "--url", "ws://h:1", "two", "--", "--three"});
  EXPECT_EQ(invocation.command, Command::send);
  EXPECT_THAT(invocation.arguments, ElementsAre("one", "two", "--three"));
  EXPECT_EQ(invocation.settings.url, "ws://h:1");
  EXPECT_TRUE(invocation.json);
  EXPECT_TRUE(invocation.has_url);
}

TEST(InvocationTest, APeerIdIsTextAlsoIfItLooksLikeANumber) {
  const std::string id = "1234567890123456789012345678901234567890";
  EXPECT_EQ(accepted({"--peer-id", id}).settings.node.peer_id, id);
  EXPECT_EQ(accepted({}, {{"PEERPIGEON_PEER_ID", id}}).settings.node.peer_id, id);
}

TEST(InvocationTest, FlagsCountMoreThanVariables) {
  const apps::Environment environment = {{"PEERPIGEON_MAX_PEERS", "7"},
                                         {"PEERPIGEON_SIGNALING_URL", "wss://variable"},
                                         {"PEERPIGEON_DEBUG", "debug"}};
  const Invocation invocation = accepted({"--max-peers", "9"}, environment);
  EXPECT_EQ(invocation.settings.node.max_peers, 9U);
  EXPECT_EQ(invocation.settings.url, "wss://variable");
  EXPECT_EQ(invocation.settings.debug, Verbosity::debug);
}

TEST(InvocationTest, AnArgumentNamesTheHub) {
  EXPECT_EQ(accepted({"connect", "wss://h"}).settings.url, "wss://h");
  EXPECT_EQ(accepted({"doctor", "nonsense"}).settings.url, "nonsense");
  EXPECT_THAT(error({"join", "nonsense"}), HasSubstr("URL: \"nonsense\" is not a URL"));
}

TEST(InvocationTest, SaysWhatIsWrong) {
  EXPECT_THAT(error({"pers"}), HasSubstr("did you mean peers?"));
  EXPECT_THAT(error({"--max-pers", "3"}), HasSubstr("did you mean --max-peers?"));
  EXPECT_THAT(error({"--max-peers", "51"}), HasSubstr("--max-peers: \"51\" is out of bounds"));
  EXPECT_THAT(error({"--max-peers"}), HasSubstr("--max-peers needs a value"));
  EXPECT_THAT(error({"dm", "3f2a"}), HasSubstr("dm ID WORDS"));
  EXPECT_THAT(error({"peers", "now"}), HasSubstr("peers is written"));
  EXPECT_THAT(error({"join", "--port", "1"}), HasSubstr("are for server"));
  EXPECT_THAT(error({}, {{"PEERPIGEON_MAX_PEERS", "x"}}),
              HasSubstr("environment variable PEERPIGEON_MAX_PEERS: \"x\""));
}

TEST(InvocationTest, NamesTheFlagOfWhatANodeWouldRefuse) {
  EXPECT_EQ(error({"--peer-id", "1234"}), "--peer-id: \"1234\" is not 40 hexadecimal digits");
  EXPECT_EQ(error({"--min-peers", "20", "--max-peers", "3"}),
            "--min-peers, 20, must not be more than --max-peers, 3");
  EXPECT_EQ(accepted({"--max-peers", "1"}).settings.node.max_peers, 1U);
}

TEST(InvocationTest, NothingGoesToTheGlobalNamespaceUnasked) {
  EXPECT_FALSE(accepted({}).settings.node.allow_global_fallback);
  EXPECT_TRUE(accepted({"--global-fallback", "yes"}).settings.node.allow_global_fallback);
}

TEST(InvocationTest, WarnsOfVariablesThatNobodyReads) {
  EXPECT_THAT(accepted({}, {{"PEERPIGEON_HOME", "/nowhere"},
                            {"PEERPIGEON_MAX_PERS", "3"},
                            {"PEERPIGEON_SERVICE_HOST", "10.0.0.1"}})
                  .warnings,
              ElementsAre("environment variable \"PEERPIGEON_MAX_PERS\" is not used; did you "
                          "mean PEERPIGEON_MAX_PEERS?"));
}

TEST(InvocationTest, TakesTheOptionsOfTheJavaScriptProgram) {
  const Invocation invocation =
      accepted({"--no-auto-discovery", "--enable-crypto", "false", "--webdht", "true", "peers"});
  EXPECT_EQ(invocation.command, Command::peers);
  EXPECT_FALSE(invocation.settings.node.auto_discovery);
  EXPECT_FALSE(invocation.settings.node.enable_crypto);
  EXPECT_THAT(invocation.warnings, ElementsAre("--webdht has no effect: there is no DHT here yet"));

  EXPECT_THAT(accepted({"--webdht", "false"}).warnings, IsEmpty());
  EXPECT_THAT(accepted({"--enable-webdht", "init"}).warnings, ::testing::SizeIs(1));
  EXPECT_TRUE(accepted({"--enable-crypto", "init"}).settings.node.enable_crypto);
  EXPECT_THAT(accepted({"send", "--", "--webdht", "true"}).arguments,
              ElementsAre("--webdht", "true"));
}

TEST(InvocationTest, InitMayStayInteractive) {
  EXPECT_TRUE(accepted({"init", "-i"}).stays_interactive);
  EXPECT_TRUE(accepted({"init", "--interactive"}).stays_interactive);
  EXPECT_FALSE(accepted({"init"}).stays_interactive);
  EXPECT_THAT(error({"join", "-i"}), HasSubstr("--interactive is for init"));
}

TEST(InvocationTest, TheServersMaxPeersAreConnections) {
  EXPECT_EQ(accepted({"server", "--max-peers", "100"}).hub.max_connections, "100");
  EXPECT_EQ(
      accepted({"server", "--max-peers", "100", "--max-connections", "7"}).hub.max_connections,
      "7");
  EXPECT_EQ(accepted({"demo", "--max-peers", "4"}).hub.max_connections, std::nullopt);
}

TEST(InvocationTest, RefusesRelaysThatNoPasswordCanBeGivenFor) {
  EXPECT_THAT(error({"--ice-servers", "stun:a,turn:b:3478"}),
              HasSubstr("the ICE server \"turn:b:3478\" needs a user name and a password"));
  EXPECT_EQ(accepted({"--ice-servers", "stun:a"}).settings.ice_servers, "stun:a");
}

TEST(InvocationTest, HelpTellsEveryCommandAndOption) {
  const std::string help = help_text();
  for (const SettingSpec& setting : setting_table()) {
    EXPECT_THAT(help, HasSubstr(std::string(setting.flag)));
    EXPECT_THAT(help, HasSubstr(std::string(setting.variable)));
  }
  EXPECT_THAT(help, HasSubstr("send-file ID FILE"));
  EXPECT_THAT(help, HasSubstr("Exit status: 0"));
}

TEST(ConfigFileTest, ReadsWhatItWrites) {
  Settings settings;
  settings.url = "wss://hub.example.org";
  settings.node.max_peers = 7;
  settings.node.auto_discovery = false;
  settings.node.identity_file = "/keys \"mine\"";
  settings.identity_password_file = "/password";
  settings.file_bytes_max = 3'000;
  settings.node.trust = pigeon::TrustPolicy::verified_only;

  Settings read;
  const auto warnings = apply_config(config_text(settings), "config.json", read);

  ASSERT_TRUE(warnings) << warnings.error().message;
  EXPECT_THAT(*warnings, IsEmpty());
  EXPECT_EQ(config_text(read), config_text(settings));
  EXPECT_EQ(read.node.max_peers, 7U);
  EXPECT_EQ(read.identity_password_file, "/password");
  EXPECT_EQ(read.node.trust, pigeon::TrustPolicy::verified_only);
}

TEST(ConfigFileTest, WritesPathsThatHoldInEveryFolder) {
  Settings settings;
  settings.node.identity_file = "keys";

  Settings read;
  ASSERT_TRUE(apply_config(config_text(settings), "config.json", read));

  EXPECT_EQ(read.node.identity_file, std::filesystem::absolute("keys").native());
}

TEST(ConfigFileTest, TakesUpstreamsFile) {
  Settings settings;
  const auto warnings = apply_config(
      R"({"signalingUrl":"ws://h:1","peerId":null,"maxPeers":5,"minPeers":0,"autoDiscovery":true,
          "enableWebDHT":true,"enableCrypto":false,"maxPers":1})",
      "config.json", settings);

  ASSERT_TRUE(warnings) << warnings.error().message;
  EXPECT_THAT(*warnings, ElementsAre("config.json: \"maxPers\" is not used; did you mean "
                                     "maxPeers?"));
  EXPECT_EQ(settings.url, "ws://h:1");
  EXPECT_EQ(settings.node.max_peers, 5U);
  EXPECT_FALSE(settings.node.enable_crypto);
}

TEST(ConfigFileTest, SaysWhatIsWrong) {
  Settings settings;
  const auto why = [&](std::string_view text) {
    const auto read = apply_config(text, "config.json", settings);
    return read ? "accepted" : read.error().message;
  };
  EXPECT_THAT(why("{"), HasSubstr("config.json is not a JSON object"));
  EXPECT_THAT(why("[]"), HasSubstr("config.json is not a JSON object"));
  EXPECT_THAT(why(R"({"maxPeers":99})"), HasSubstr("config.json, maxPeers: \"99\" is out of"));
  EXPECT_THAT(why(R"({"maxPeers":[]})"), HasSubstr("config.json, maxPeers: must be"));
  EXPECT_THAT(why(std::string(100'000, ' ')), HasSubstr("more than 65536 bytes"));
  EXPECT_THAT(why(std::string(60'000, '[')), HasSubstr("not a JSON object"));
}

TEST(SettingsTest, OnlyAHubOnThisMachineNeedsLoopback) {
  EXPECT_TRUE(is_local("ws://localhost:3000"));
  EXPECT_TRUE(is_local("http://127.0.0.2/path"));
  EXPECT_TRUE(is_local("ws://[::1]:3000"));
  EXPECT_FALSE(is_local("wss://localhost.example.org"));
  EXPECT_FALSE(is_local("wss://127.example.org"));
  EXPECT_FALSE(is_local("wss://hub.example.org/localhost"));
}

TEST(SettingsTest, ListsAreSeparatedByCommas) {
  Settings settings;
  settings.ice_servers = "stun:a, stun:b:1,,";
  settings.addresses = "127.0.0.1";
  const pigeon::NodeOptions options = node_options(settings);
  ASSERT_EQ(options.ice_servers.size(), 2U);
  EXPECT_EQ(options.ice_servers[1].url, "stun:b:1");
  EXPECT_THAT(options.addresses.addresses, ElementsAre("127.0.0.1"));
}

TEST(DoctorTest, TakesCandidatesApart) {
  const auto candidate =
      parse_candidate("candidate:1 1 UDP 2122 192.0.2.1 5000 typ srflx raddr 0.0.0.0 rport 0");
  EXPECT_EQ(candidate.transport, "udp");
  EXPECT_EQ(candidate.address, "192.0.2.1");
  EXPECT_EQ(candidate.port, "5000");
  EXPECT_EQ(candidate.type, "srflx");
  EXPECT_TRUE(parse_candidate("candidate:1 1 UDP").type.empty());
  EXPECT_TRUE(parse_candidate("").type.empty());
}

}  // namespace
}  // namespace peerpigeon
