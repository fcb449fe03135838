#include "apps/pigeonhub/command.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "apps/pigeonhub/config_file.hpp"
#include "apps/pigeonhub/help.hpp"

namespace pigeonhub {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A configuration file that lives as long as the test.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text)
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("pigeonhub_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
               ".toml")) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  ~ConfigFile() { std::filesystem::remove(path_); }

  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Command accepted(const std::vector<std::string>& arguments,
                 const apps::Environment& environment = {}) {
  auto command = read_command(arguments, environment);
  EXPECT_TRUE(command) << (command ? "" : command.error().message);
  return command ? *std::move(command) : Command{};
}

std::string error(const std::vector<std::string>& arguments,
                  const apps::Environment& environment = {}) {
  const auto command = read_command(arguments, environment);
  EXPECT_FALSE(command);
  return command ? "" : command.error().message;
}

/// A text that the option accepts and that is not its default.
std::string other_value(const OptionSpec& option) {
  switch (option.rule.kind) {
    case ValueKind::text:
      return "other";
    case ValueKind::path:
      return "/tmp/other.pem";
    case ValueKind::url:
      return "https://other.example.org";
    default:
      break;
  }
  const auto is = std::get<std::uint64_t>(option.access.get(Settings{}));
  return format_value(option.rule, is == option.rule.max ? is - 1 : is + 1);
}

std::string as_config(const OptionSpec& option, const std::string& value) {
  const auto dot = option.key.find('.');
  if (dot == std::string_view::npos) return std::string(option.key) + " = \"" + value + "\"\n";
  return "[" + std::string(option.key.substr(0, dot)) + "]\n" +
         std::string(option.key.substr(dot + 1)) + " = \"" + value + "\"\n";
}

TEST(CommandTest, WithoutAnythingTheDefaultsCount) {
  const Command command = accepted({});

  EXPECT_EQ(command.action, Action::serve);
  EXPECT_EQ(command.settings.hub.listen.host, "127.0.0.1");
  EXPECT_EQ(command.settings.hub.listen.port, 3000);
  EXPECT_THAT(command.warnings, IsEmpty());
}

TEST(CommandTest, EveryOptionCanBeSetByItsFlag) {
  for (const OptionSpec& option : option_table()) {
    const std::string value = other_value(option);
    const Command command = accepted({std::string(option.flag), value});
    EXPECT_EQ(format_value(option.rule, option.access.get(command.settings)), value) << option.flag;
  }
}

TEST(CommandTest, EveryOptionCanBeSetByItsVariable) {
  for (const OptionSpec& option : option_table()) {
    const std::string value = other_value(option);
    const Command command = accepted({}, {{std::string(option.variable), value}});
    EXPECT_EQ(format_value(option.rule, option.access.get(command.settings)), value) << option.key;
  }
}

TEST(CommandTest, EveryOptionCanBeSetByItsKey) {
  for (const OptionSpec& option : option_table()) {
    const std::string value = other_value(option);
    const ConfigFile file(as_config(option, value));
    const Command command = accepted({"--config", file.path()});
    EXPECT_EQ(format_value(option.rule, option.access.get(command.settings)), value) << option.key;
  }
}

TEST(CommandTest, FlagsBeatVariablesBeatTheFileBeatsDefaults) {
  const ConfigFile file("[listen]\nport = 1\nhost = 'file'\nloops = 3\n");
  const apps::Environment environment = {{"PORT", "2"}, {"HOST", "variable"}};

  const Command command = accepted({"--config", file.path(), "--port", "4"}, environment);

  EXPECT_EQ(command.settings.hub.listen.port, 4);
  EXPECT_EQ(command.settings.hub.listen.host, "variable");
  EXPECT_EQ(command.settings.hub.listen.loops, 3u);
}

TEST(CommandTest, NotesWhetherTheHostIsThatOfTheVariable) {
  const ConfigFile file("[listen]\nhost = '::1'\n");
  const apps::Environment environment = {{"HOST", "0.0.0.0"}, {"PORT", "1"}};

  EXPECT_TRUE(accepted({"--config", file.path()}, environment).host_is_from_environment);
  EXPECT_FALSE(accepted({"--host", "::1"}, environment).host_is_from_environment);
  EXPECT_FALSE(accepted({"--config", file.path()}, {{"HOST", ""}}).host_is_from_environment);
}

TEST(CommandTest, TheLastOfRepeatedFlagsCounts) {
  EXPECT_EQ(accepted({"--port", "1", "--port=2"}).settings.hub.listen.port, 2);
}

TEST(CommandTest, TheFileCanBeNamedByAVariable) {
  const ConfigFile file("node_id = 'from file'\n");

  EXPECT_EQ(accepted({}, {{"PIGEONHUB_CONFIG", file.path()}}).settings.hub.node_id, "from file");
  EXPECT_THAT(error({"--config", "/nowhere"}, {{"PIGEONHUB_CONFIG", file.path()}}),
              HasSubstr("cannot read \"/nowhere\""));
}

TEST(CommandTest, EmptyVariablesCountAsUnset) {
  const Command command = accepted({}, {{"PORT", ""}, {"PIGEONHUB_CONFIG", ""}});

  EXPECT_EQ(command.settings.hub.listen.port, 3000);
}

TEST(CommandTest, TakesPortAndNodeIdAsTheReferenceNodeDoes) {
  const Command command = accepted({"3001", "node-beta"}, {{"PORT", "1"}, {"NODE_ID", "x"}});

  EXPECT_EQ(command.settings.hub.listen.port, 3001);
  EXPECT_EQ(command.settings.hub.node_id, "node-beta");
  EXPECT_THAT(error({"x"}), HasSubstr("argument <port>: \"x\" is not a whole number"));
  EXPECT_THAT(error({"1", "a", "b"}), HasSubstr("unexpected argument \"b\""));
  EXPECT_THAT(error({"--port", "1", "2"}), HasSubstr("port is given twice"));
}

TEST(CommandTest, SuggestsFlags) {
  EXPECT_EQ(error({"--prot", "80"}), "unknown option \"--prot\"; did you mean --port?");
  EXPECT_EQ(error({"--prot=80"}), "unknown option \"--prot\"; did you mean --port?");
  EXPECT_EQ(error({"--max-connections", "80"}),
            "unknown option \"--max-connections\"; did you mean --connections-max?");
  EXPECT_EQ(error({"--chek"}), "unknown option \"--chek\"; did you mean --check?");
  EXPECT_EQ(error({"--frobnicate"}), "unknown option \"--frobnicate\"");
}

TEST(CommandTest, AFlagNeedsItsValue) { EXPECT_EQ(error({"--port"}), "--port needs a value"); }

TEST(CommandTest, ErrorsNameTheirPlace) {
  const ConfigFile file("# comment\n[limits]\n\nmessages_per_peer_burst = 0\n");

  EXPECT_THAT(error({"--port", "70000"}),
              HasSubstr("--port: \"70000\" is out of bounds; 0 to 65535"));
  EXPECT_THAT(error({}, {{"MAX_MESSAGE_BYTES", "9MiB"}}),
              HasSubstr("environment variable MAX_MESSAGE_BYTES: \"9MiB\" is out of bounds"));
  EXPECT_THAT(error({"--config", file.path()}),
              HasSubstr(file.path() + ", line 4, limits.messages_per_peer_burst: \"0\" is out of"));
}

TEST(CommandTest, AWrongValueIsAnErrorEvenIfAFlagOverridesIt) {
  EXPECT_THAT(error({"--port", "1"}, {{"PORT", "http"}}), HasSubstr("environment variable PORT"));
}

TEST(CommandTest, HelpAndVersionLookAtNothingElse) {
  EXPECT_EQ(accepted({"--help"}, {{"PORT", "http"}}).action, Action::print_help);
  EXPECT_EQ(accepted({"-h", "--config", "/nowhere"}).action, Action::print_help);
  EXPECT_EQ(accepted({"--version"}, {{"PORT", "http"}}).action, Action::print_version);
  EXPECT_EQ(accepted({"--check"}).action, Action::check);
}

TEST(CommandTest, WarnsOfVariablesThatLookMisspelled) {
  const apps::Environment environment = {
      {"PIGEONHUB_LOG_LEVLE", "debug"},       {"PIGEONHUB_NONSENSE", "1"},
      {"PIGEONHUB_SERVICE_HOST", "10.0.0.1"}, {"PIGEONHUB_PORT_3000_TCP", "tcp://10.0.0.1:3000"},
      {"RATE_MESAGES_PER_PEER", "1/s"},       {"PATH", "/bin"}};

  EXPECT_THAT(
      accepted({}, environment).warnings,
      ElementsAre("environment variable \"PIGEONHUB_LOG_LEVLE\" is not used; did you mean "
                  "PIGEONHUB_LOG_LEVEL?",
                  "environment variable \"RATE_MESAGES_PER_PEER\" is not used; did you mean "
                  "RATE_MESSAGES_PER_PEER?"));
}

TEST(ConfigFileTest, UnknownKeysAreErrorsWithASuggestion) {
  const auto message = [](std::string_view text) {
    const auto parsed = parse_config(text, "hub.toml");
    EXPECT_FALSE(parsed) << text;
    return parsed ? "" : parsed.error().message;
  };

  EXPECT_EQ(message("[listen]\nprot = 1\n"),
            "hub.toml, line 2: unknown key \"listen.prot\"; did you mean listen.port?");
  EXPECT_EQ(message("port = 1\n"),
            "hub.toml, line 1: unknown key \"port\"; did you mean listen.port?");
  EXPECT_EQ(message("[limit]\nconnections_max = 1\n"),
            "hub.toml, line 2: unknown key \"limit.connections_max\"; did you mean "
            "limits.connections_max?");
  EXPECT_EQ(message("[colours]\n"), "hub.toml, line 1: unknown key \"colours\"");
  EXPECT_EQ(message("limits = 3\n"), "hub.toml, line 1: unknown key \"limits\"");
}

TEST(ConfigFileTest, RefusesWhatIsNotAPlainValue) {
  for (const auto* value : {"1.5", "[1]", "{a = 1}", "2026-01-01"}) {
    const auto parsed = parse_config("[listen]\nport = " + std::string(value), "hub.toml");
    ASSERT_FALSE(parsed) << value;
    EXPECT_THAT(parsed.error().message, HasSubstr("hub.toml, line 2")) << value;
  }
}

TEST(ConfigFileTest, TellsWhereItIsNotToml) {
  const auto parsed = parse_config("node_id = 'a'\n[listen\n", "hub.toml");

  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, HasSubstr("hub.toml, line 2: "));
}

TEST(ConfigFileTest, EmptySectionsAreFine) {
  const auto parsed = parse_config("[listen]\n[limits]\n# connections_max = 1\n", "hub.toml");

  ASSERT_TRUE(parsed);
  EXPECT_THAT(*parsed, IsEmpty());
}

TEST(ConfigFileTest, AGreatFileIsRefused) {
  const ConfigFile file(std::string(config_bytes_max + 1, '#'));

  EXPECT_THAT(error({"--config", file.path()}), HasSubstr("has more than 1048576 bytes"));
}

TEST(HelpTest, MentionsEveryNameOfEveryOption) {
  const std::string help = help_text();

  for (const OptionSpec& option : option_table()) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(option.flag) + " "));
    EXPECT_THAT(help, HasSubstr(std::string(option.variable)));
    EXPECT_THAT(help, HasSubstr(std::string(option.key)));
  }
}

TEST(HelpTest, WhatCheckPrintsIsAFileThatGivesTheSameSettings) {
  std::vector<std::string> arguments;
  for (const OptionSpec& option : option_table()) {
    arguments.insert(arguments.end(), {std::string(option.flag), other_value(option)});
  }
  arguments.insert(arguments.end(), {"--node-id", R"(quo"te and \ back)"});
  const Settings settings = accepted(arguments).settings;
  const ConfigFile file(settings_as_toml(settings));

  const Settings read_back = accepted({"--config", file.path()}).settings;

  for (const OptionSpec& option : option_table()) {
    EXPECT_EQ(option.access.get(read_back), option.access.get(settings)) << option.key;
  }
}

}  // namespace
}  // namespace pigeonhub
