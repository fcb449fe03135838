#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/support/child_process.hpp"
#include "tests/support/hub_process.hpp"

// The program around the hub: its options, what it prints, how it ends.

namespace pigeon::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Arguments = std::vector<std::string>;

/// The program with exactly these arguments, and variables on top of a clean environment.
ChildProcess start(const Arguments& arguments, const std::vector<std::string>& variables = {}) {
  Arguments all = {hub_arguments(0, {}).front()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = hub_environment();
  environment.insert(environment.end(), variables.begin(), variables.end());
  return {std::move(all), std::move(environment)};
}

struct Ended {
  int status = 0;
  std::string output;
};

Ended run(const Arguments& arguments, const std::vector<std::string>& variables = {}) {
  ChildProcess program = start(arguments, variables);
  const int status = program.wait();
  return {status, program.output()};
}

TEST(ProgramTest, PrintsHelpAndVersion) {
  const Ended help = run({"--help"});
  const Ended version = run({"--version"});

  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.output, HasSubstr("--connections-max NUMBER"));
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.output, HasSubstr("pigeonhub 0."));
}

TEST(ProgramTest, EndsWithOneAndASentenceIfItCannotPrint) {
  const std::string program = hub_arguments(0, {}).front();
  const auto run_in_shell = [&](const std::string& arguments) {
    ChildProcess shell({"/bin/sh", "-c", "exec '" + program + "' " + arguments}, hub_environment());
    const int status = shell.wait();
    return Ended{status, shell.output()};
  };

  for (const std::string option : {"--help", "--version", "--check"}) {
    const Ended ended = run_in_shell(option + " > /dev/full");
    EXPECT_EQ(ended.status, 1) << option;
    EXPECT_EQ(ended.output,
              "pigeonhub: cannot write to standard output: No space left on device\n");
  }
  EXPECT_EQ(run_in_shell("--check > /dev/full 2> /dev/full").status, 1);
  EXPECT_EQ(run_in_shell("--prot 2> /dev/full").status, 2);
}

TEST(ProgramTest, AWrongOptionEndsWithTwoAndASentence) {
  const std::vector<std::pair<Arguments, std::string>> cases = {
      {{"--prot", "1"}, "pigeonhub: unknown option \"--prot\"; did you mean --port?"},
      {{"--port", "65536"}, "pigeonhub: --port: \"65536\" is out of bounds; 0 to 65535 is allowed"},
      {{"--config", "/nowhere.toml"}, "pigeonhub: cannot read \"/nowhere.toml\""},
      {{"--key-file", "key.pem"}, "must be given together"},
      {{"--queue-bytes-soft", "8MiB"}, "must not be larger than"},
  };
  for (const auto& [arguments, sentence] : cases) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.status, 2) << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(sentence));
    EXPECT_THAT(ended.output, Not(HasSubstr("terminate called")));
  }
}

TEST(ProgramTest, AHubThatCannotStartEndsWithOneAndASentence) {
  const Ended no_address = run({"--host", "192.0.2.1", "--port", "0"});
  const Ended no_file =
      run({"--certificate-file", "/nowhere/chain.pem", "--key-file", "/nowhere/key.pem"});

  EXPECT_EQ(no_address.status, 1) << no_address.output;
  EXPECT_THAT(no_address.output, HasSubstr("192.0.2.1"));
  EXPECT_EQ(no_file.status, 1) << no_file.output;
  EXPECT_THAT(no_file.output, HasSubstr("/nowhere/"));
}

TEST(ProgramTest, TakesOptionsFromTheEnvironment) {
  const Ended wrong = run({}, {"PORT=http"});
  const Ended right = run({"--check"}, {"PORT=4321", "HOST="});

  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.output, HasSubstr("environment variable PORT: \"http\""));
  EXPECT_EQ(right.status, 0);
  EXPECT_THAT(right.output, HasSubstr("\nport = 4321\n"));
  EXPECT_THAT(right.output, HasSubstr("\nhost = \"127.0.0.1\"\n"));
}

TEST(ProgramTest, SaysThatTheHostIsThatOfTheVariable) {
  ChildProcess hub = start({"--port", "0"}, {"HOST=0.0.0.0"});
  const std::string line = hub.wait_for_line("host_variable");
  hub.signal(SIGTERM);
  const Ended failed = run({"--port", "0"}, {"HOST=192.0.2.1"});

  EXPECT_THAT(line, HasSubstr(R"(\"0.0.0.0\" comes from the environment variable HOST)"));
  EXPECT_EQ(hub.wait(), 0);
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.output, HasSubstr("\"192.0.2.1\" comes from the environment variable HOST"));
}

TEST(ProgramTest, WritesOneJsonObjectPerLineWithoutATerminal) {
  ChildProcess hub = start({"--port", "0"});
  hub.wait_for_line("PeerPigeon hub listens on http://localhost:");
  hub.signal(SIGTERM);

  EXPECT_EQ(hub.wait(), 0);
  std::vector<std::string> events;
  const std::string output = hub.output();
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = output.find('\n', begin);
    const auto line = boost::json::parse(output.substr(begin, end - begin)).as_object();
    EXPECT_TRUE(line.contains("time") && line.contains("level") && line.contains("message"));
    events.emplace_back(line.at("event").as_string());
    begin = end + 1;
  }
  EXPECT_THAT(events, ElementsAre("listening", "stopping", "stopped"));
}

TEST(ProgramTest, HangupWithoutTlsChangesNothing) {
  HubProcess hub;
  hub.process().signal(SIGHUP);
  const std::string line = hub.process().wait_for_line("certificate_not_reloaded");

  EXPECT_THAT(line, HasSubstr("SIGHUP: "));
  EXPECT_EQ(hub.stop(), 0);
}

}  // namespace
}  // namespace pigeon::test
