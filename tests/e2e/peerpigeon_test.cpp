// What the command line prints, stores and returns.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/e2e/peerpigeon_side.hpp"
#include "tests/support/http_client.hpp"

namespace pigeon::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAreArray;

TEST_F(DemoTest, FormsAMeshAndAMessageCrossesIt) {
  demo_.signal(SIGINT);
  EXPECT_EQ(demo_.wait(), 0);

  std::size_t links = 0;
  std::size_t hearers = 0;
  std::size_t complete = 0;
  for (const json::object& object : objects_of(demo_.output())) {
    const std::string event = text_of(object, "event");
    // Two peers that call each other at once may replace a link by another one.
    links += event == "linked" ? 1U : 0U;
    links -= event == "unlinked" ? 1U : 0U;
    hearers += event == "heard" ? 1U : 0U;
    if (event == "mesh_complete") complete = object.at("links").to_number<std::size_t>();
  }
  EXPECT_EQ(complete, demo_peers * (demo_peers - 1) / 2);
  EXPECT_EQ(links, complete);
  EXPECT_EQ(hearers, demo_peers - 1);
}

TEST_F(DemoTest, ADirectMessageIsConfirmedAndAnswered) {
  const std::string bob = peer_id("bob");

  const Ended sent = run_with_url({"dm", bob.substr(0, 8), "ping"});
  EXPECT_EQ(sent.status, 0) << sent.output;
  EXPECT_THAT(demo_.wait_for_line("pong from bob"), HasSubstr("answered"));
  EXPECT_THAT(sent.output, HasSubstr(bob.substr(0, 8) + " has received it\n"));
  EXPECT_THAT(sent.output, ContainsRegex(bob.substr(0, 8) + " to you.*: pong from bob\n"));
  const Ended told = run_with_url({"dm", bob.substr(0, 8), "ping", "--json"});
  std::vector<std::string> events;
  for (const json::object& object : objects_of(told.output)) {
    events.push_back(text_of(object, "event"));
  }
  EXPECT_THAT(events, ElementsAre("message_delivered", "message_received"));

  const Ended unknown = run_with_url({"dm", "0123456789", "ping", "--timeout", "3s"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.output, HasSubstr("no known peer's id begins with"));
}

TEST_F(DemoTest, ABroadcastReachesTheDemo) {
  const Ended sent = run_with_url({"send", "hello", "\x1b[2J", "--json"});

  EXPECT_EQ(sent.status, 0) << sent.output;
  const auto objects = objects_of(sent.output);
  EXPECT_EQ(text_of(objects.back(), "event"), "message_sent");
  EXPECT_GE(objects.back().at("neighbors").to_number<std::size_t>(), 1U);
  EXPECT_THAT(demo_.wait_for_line(R"("content":"welcome)"), HasSubstr("answered"));
  EXPECT_THAT(demo_.output(), Not(HasSubstr("\x1b")));
}

TEST_F(DemoTest, ListsPeersAndStatusAsJson) {
  // A command that joins briefly tells of the links that it has by then.
  const Deadline deadline;
  std::vector<std::string> states;
  std::size_t linked = 0;
  while ((states.size() != demo_peers || linked != demo_peers) && !deadline.has_passed()) {
    const Ended peers = run_with_url({"peers", "--json"});
    EXPECT_EQ(peers.status, 0) << peers.output;
    states.clear();
    for (const auto& peer : objects_of(peers.output)) {
      if (text_of(peer, "state") == "connected") states.push_back(text_of(peer, "peer"));
    }
    const Ended status = run_with_url({"status", "--json"});
    EXPECT_EQ(status.status, 0) << status.output;
    linked = objects_of(status.output).back().at("connected_count").to_number<std::size_t>();
  }
  EXPECT_THAT(states, UnorderedElementsAreArray(peer_ids()));
  EXPECT_EQ(linked, demo_peers);
}

TEST_F(DemoTest, TheHubKnowsItsPeers) {
  const auto port = static_cast<std::uint16_t>(std::stoul(url_.substr(url_.rfind(':') + 1)));
  const std::string body = HttpClient(Route{.port = port}).get("/status.json").body;
  for (const std::string& id : peer_ids()) EXPECT_THAT(body, HasSubstr(id.substr(0, 8)));
}

TEST_F(DemoTest, FilesArriveWholeAndOverwriteNothing) {
  const auto file = write_file("report.bin", 3'000'000);
  ChildProcess joined = start({"join", url_, "--json"});
  const auto first = objects_of(joined.wait_for_line(R"("event":"joining")"));
  const std::string id = text_of(first.at(0), "peer");

  for (const char* stored : {"report.bin", "report (2).bin"}) {
    const Ended sent = run_with_url({"send-file", id.substr(0, 10), file.string()});
    EXPECT_EQ(sent.status, 0) << sent.output;
    EXPECT_THAT(sent.output, HasSubstr("has received report.bin, 3.0 MB"));
    EXPECT_EQ(contents(home() / "downloads" / stored), contents(file));
  }

  joined.signal(SIGINT);
  EXPECT_EQ(joined.wait(), 0);
  EXPECT_EQ(run_with_url({"send-file", id, "/nowhere/at.all"}).status, 1);
}

TEST_F(DemoTest, AFileForEverybodyArrives) {
  const auto file = write_file("for all.bin", 300'000);
  ChildProcess joined = start({"join", url_, "--json"});
  joined.wait_for_line(R"("event":"peer_connected")");

  const Ended sent = run_with_url({"send-file", "all", file.string()});

  EXPECT_EQ(sent.status, 0) << sent.output;
  EXPECT_THAT(sent.output, HasSubstr("sent for all.bin, 300.0 kB, to "));
  joined.wait_for_line(R"("event":"file_received")");
  EXPECT_EQ(contents(home() / "downloads" / "for all.bin"), contents(file));
  joined.signal(SIGINT);
  EXPECT_EQ(joined.wait(), 0);
}

TEST_F(DemoTest, ALargeFileIsSentNoFasterThanItIsTaken) {
  const auto file = write_file("large.bin", 90'000'000);
  ChildProcess joined = start({"join", url_, "--json"});
  const auto first = objects_of(joined.wait_for_line(R"("event":"joining")"));

  const Ended sent = run_with_url({"send-file", text_of(first.at(0), "peer"), file.string()});

  EXPECT_EQ(sent.status, 0) << sent.output;
  EXPECT_EQ(contents(home() / "downloads" / "large.bin"), contents(file));
}

TEST_F(DemoTest, AFileThatIsTooLargeIsRefused) {
  const auto file = write_file("large.bin", 300'000);
  ChildProcess joined = start({"join", url_, "--json", "--file-bytes-max", "100KiB"});
  const auto first = objects_of(joined.wait_for_line(R"("event":"joining")"));

  const Ended sent =
      run_with_url({"send-file", text_of(first.at(0), "peer"), file.string(), "--timeout", "10s"});

  EXPECT_EQ(sent.status, 1) << sent.output;
  EXPECT_THAT(sent.output, HasSubstr("large.bin was not sent"));
  EXPECT_THAT(sent.output, Not(HasSubstr("goes on where it stopped")));
  EXPECT_THAT(joined.wait_for_line(R"("event":"file_refused")"),
              HasSubstr("larger than is accepted here"));
  EXPECT_FALSE(std::filesystem::exists(home() / "downloads" / "large.bin"));
}

TEST_F(DemoTest, TwoChat) {
  ChildProcess alice = start({"interactive", "--url", url_}, {}, ChildProcess::Input::written);
  ChildProcess bob =
      start({"interactive", "--url", url_, "--json"}, {}, ChildProcess::Input::written);
  const auto bobs_first = objects_of(bob.wait_for_line(R"("event":"joining")"));
  const std::string bobs_id = text_of(bobs_first.at(0), "peer");
  ASSERT_FALSE(alice.wait_for_line("+ " + bobs_id.substr(0, 8) + " is linked").empty());

  alice.write("good evening\n/dm " + bobs_id.substr(0, 8) + " to you alone\n/nonsense\n");
  EXPECT_FALSE(bob.wait_for_line("good evening").empty());
  EXPECT_THAT(bob.wait_for_line("to you alone"), HasSubstr(R"("direct":true)"));
  EXPECT_FALSE(alice.wait_for_line("has received it").empty());
  EXPECT_FALSE(alice.wait_for_line("there is no such command").empty());

  alice.write("quit\n");
  // Its lines come from a pipe, and one was wrong.
  EXPECT_EQ(alice.wait(), 1);
  EXPECT_FALSE(bob.wait_for_line("peer_disconnected").empty());
  bob.signal(SIGTERM);
  EXPECT_EQ(bob.wait(), 0);
  objects_of(bob.output());
}

TEST_F(DemoTest, LinesOfAPipeWaitForTheirPeers) {
  const std::string bob = peer_id("bob").substr(0, 8);
  ChildProcess good =
      start_in_shell("printf 'hello\\n/dm " + bob + " ping\\n' | \"$@\"", {"--url", url_});
  EXPECT_EQ(good.wait(), 0) << good.output();
  EXPECT_THAT(good.output(), HasSubstr(bob + " has received it"));
  EXPECT_THAT(good.output(), Not(HasSubstr("nobody is linked yet")));

  ChildProcess bad =
      start_in_shell("echo /dm 0123456789 ping | \"$@\"", {"--url", url_, "--timeout", "1s"});
  EXPECT_EQ(bad.wait(), 1) << bad.output();
  EXPECT_THAT(bad.output(), HasSubstr("no known peer's id begins with"));
}

TEST_F(DemoTest, ConnectComesBackToTheLastHub) {
  ChildProcess chat = start({"interactive", "--url", url_}, {}, ChildProcess::Input::written);
  chat.write("/peers\n/disconnect\n");
  ASSERT_FALSE(chat.wait_for_line("/connect comes back").empty()) << chat.output();
  chat.write("/connect\nhello again\n");
  EXPECT_FALSE(demo_.wait_for_line("hello again").empty());
  chat.write("/quit\n");
  EXPECT_EQ(chat.wait(), 0) << chat.output();
}

TEST_F(DemoTest, OneKeyFileIsOnePeer) {
  const Ended made = run({"init", "--url", url_, "--json"});
  ASSERT_EQ(made.status, 0) << made.output;
  const std::string id = text_of(objects_of(made.output).back(), "peer");

  ChildProcess first = start({"join", "--json"});
  const auto firsts = objects_of(first.wait_for_line(R"("event":"joining")"));
  EXPECT_EQ(text_of(firsts.at(0), "peer"), id);
  // The second one would throw the first one out.
  ChildProcess second = start({"join", "--json"});
  const std::string told = second.wait_for_line(R"("event":"joining")");
  EXPECT_NE(text_of(json::parse(told).as_object(), "peer"), id);
  EXPECT_THAT(second.output(), HasSubstr("identity_in_use"));
  EXPECT_THAT(second.output(), HasSubstr(R"("message":"another peerpigeon uses)"));

  // What it would tell would not be this peer's id.
  const Ended again = run({"init"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.output, HasSubstr("stop that one first"));
  EXPECT_THAT(again.output, Not(HasSubstr("This peer is")));
}

TEST_F(DemoTest, AFileThatBrokeOffGoesOnWhereItStopped) {
  const auto file = write_file("large.bin", 60'000'000);
  const Arguments key = {"--identity-file", (folder_.path() / "key").string()};
  ChildProcess joined = start({"join", url_, "--json"});
  const auto first = objects_of(joined.wait_for_line(R"("event":"joining")"));
  Arguments send = {"send-file", text_of(first.at(0), "peer"), file.string(), "--url", url_,
                    "--json"};
  send.insert(send.end(), key.begin(), key.end());

  {
    ChildProcess sender = start(send);
    ASSERT_FALSE(joined.wait_for_line(R"("event":"file_begun")").empty()) << sender.output();
    const Deadline deadline;
    while (part_bytes() < 5'000'000 && !deadline.has_passed()) std::this_thread::yield();
    sender.signal(SIGINT);
    EXPECT_EQ(sender.wait(), 130) << sender.output();
    ASSERT_FALSE(joined.wait_for_line(R"("event":"file_broken_off")").empty());
  }
  const Ended again = run(send);

  EXPECT_EQ(again.status, 0) << again.output;
  const json::object sent = objects_of(again.output).back();
  EXPECT_EQ(text_of(sent, "event"), "file_sent");
  EXPECT_GE(sent.at("resumed_at").to_number<std::uint64_t>(), 5'000'000U);
  EXPECT_EQ(contents(home() / "downloads" / "large.bin"), contents(file));
  EXPECT_EQ(part_bytes(), 0U);
}

// ---- Alone

TEST_F(PeerpigeonTest, ADemoListensWhereItIsTold) {
  ChildProcess demo = start({"demo", "2", "--host", "127.0.0.2", "--port", "0"});
  const std::string invitation = demo.wait_for_line(" interactive");
  EXPECT_THAT(invitation, HasSubstr(PIGEON_PEER_BINARY));
  EXPECT_THAT(invitation, HasSubstr("ws://127.0.0.2:"));
  demo.signal(SIGTERM);
  EXPECT_EQ(demo.wait(), 0);
}

TEST_F(PeerpigeonTest, InitMakesAConfigAndAKeyAndMayChat) {
  const SilentPort port;
  ChildProcess program = start({"init", "-i", "--url", "ws://127.0.0.1:" + port.number()}, {},
                               ChildProcess::Input::written);
  ASSERT_FALSE(program.wait_for_line("/help shows more").empty()) << program.output();
  EXPECT_TRUE(std::filesystem::exists(home() / "config.json"));
  EXPECT_TRUE(std::filesystem::exists(home() / "identity"));
  program.write("/quit\n");
  EXPECT_EQ(program.wait(), 0);
}

TEST_F(PeerpigeonTest, APasswordInAFileLocksTheKeys) {
  HubProcess hub;
  const std::string url = "ws://127.0.0.1:" + std::to_string(hub.port());
  const auto write_password = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    std::filesystem::permissions(folder_.path() / name, std::filesystem::perms::owner_read);
    return (folder_.path() / name).string();
  };
  const std::string right = write_password("right", "open sesame\n");
  const std::string wrong = write_password("wrong", "open barley\n");

  const Ended made = run({"init", "--json", "--url", url, "--identity-password-file", right});
  ASSERT_EQ(made.status, 0) << made.output;
  const std::string id = text_of(objects_of(made.output).back(), "peer");
  EXPECT_THAT(contents(home() / "identity"), StartsWith("peerpigeon locked identity 1\n"));

  // config.json names the file from now on.
  ChildProcess joined = start({"join", "--json"});
  const std::string told = joined.wait_for_line(R"("event":"joining")");
  EXPECT_EQ(text_of(json::parse(told).as_object(), "peer"), id);
  joined.signal(SIGINT);
  EXPECT_EQ(joined.wait(), 0);
  EXPECT_EQ(run({"doctor"}).status, 0);

  const Ended other = run({"join"}, {"PEERPIGEON_IDENTITY_PASSWORD_FILE=" + wrong});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.output,
              AllOf(HasSubstr("wrong password or damaged data"), Not(HasSubstr("barley"))));
  const Ended none = run({"join", "--identity-password-file", ""});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.output, HasSubstr("is locked by a password. Give the password, too."));
}

TEST_F(PeerpigeonTest, APasswordFileThatCannotBeUsedIsSaid) {
  const auto password = folder_.path() / "password";
  std::ofstream(password) << "open sesame\n";
  std::filesystem::permissions(password, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const std::string key = (folder_.path() / "key").string();
  const Arguments flag = {"--identity-password-file", password.string()};
  const auto said = [&](Arguments arguments) {
    arguments.insert(arguments.end(), flag.begin(), flag.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.status, 1) << ended.output;
    return ended.output;
  };

  EXPECT_THAT(said({"peers", "--identity-file", key}),
              AllOf(HasSubstr(password.string() + " is readable by others. Run chmod 600"),
                    Not(HasSubstr("sesame"))));
  EXPECT_THAT(said({"init", "--identity-file", key}), HasSubstr("is readable by others"));
  EXPECT_FALSE(std::filesystem::exists(key));
  EXPECT_THAT(said({"peers"}), HasSubstr("Name that one with --identity-file"));
  std::filesystem::remove(password);
  EXPECT_THAT(said({"peers", "--identity-file", key}), HasSubstr("does not exist"));
}

TEST_F(PeerpigeonTest, WrongUseEndsWithTwoAndASentence) {
  const Ended command = run({"pers"});
  EXPECT_EQ(command.status, 2);
  EXPECT_THAT(command.output, HasSubstr("did you mean peers?"));
  EXPECT_EQ(run({"--max-peers", "0"}).status, 2);
  EXPECT_EQ(run({"--peer-id", "1234"}).status, 2);
  EXPECT_EQ(run({"demo", "1000"}).status, 2);
  EXPECT_EQ(run({"--help"}).status, 0);
}

TEST_F(PeerpigeonTest, WithoutAHubCommandsEndWithOneAndASentence) {
  const SilentPort port;
  const std::string url = "ws://127.0.0.1:" + port.number();
  const Ended sent = run({"send", "hello", "--url", url});
  EXPECT_EQ(sent.status, 1);
  const auto told = sent.output.find("No server listens at");
  EXPECT_NE(told, std::string::npos) << sent.output;
  EXPECT_EQ(sent.output.find("No server listens at", told + 1), std::string::npos) << sent.output;
  const Ended asked = run({"server-status", "--host", "127.0.0.1", "--port", port.number()});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.output, HasSubstr("no hub is running"));
  const Ended far = run({"server-status", "--host", "no.such.host.invalid"});
  EXPECT_EQ(far.status, 1);
  EXPECT_THAT(far.output, HasSubstr("peerpigeon doctor ws://no.such.host.invalid:"));
  EXPECT_THAT(far.output, Not(HasSubstr("peerpigeon server")));
}

TEST_F(PeerpigeonTest, NobodyThereIsSaid) {
  HubProcess hub;
  const Ended sent = run({"send", "hello", "--timeout", "1s", "--url",
                          "ws://127.0.0.1:" + std::to_string(hub.port())});
  EXPECT_EQ(sent.status, 1);
  EXPECT_THAT(sent.output, HasSubstr("nobody is there"));
  EXPECT_EQ(
      run({"server-status", "--host", "127.0.0.1", "--port", std::to_string(hub.port())}).status,
      0);
}

TEST_F(PeerpigeonTest, AFullHubIsSaidAndNoAttemptAnnouncedThatDoesNotCome) {
  HubProcess hub({"--connections-max", "1"});
  const std::string url = "ws://127.0.0.1:" + std::to_string(hub.port());
  ChildProcess first = start({"join", url, "--json"});
  ASSERT_FALSE(first.wait_for_line(R"("event":"hub_connected")").empty()) << first.output();

  const Ended sent = run({"send", "hello", "--timeout", "500ms", "--url", url});

  EXPECT_EQ(sent.status, 1);
  EXPECT_THAT(sent.output, HasSubstr("the hub does not keep this peer"));
  EXPECT_THAT(sent.output, Not(HasSubstr("Next attempt")));
}

TEST_F(PeerpigeonTest, CtrlCBeforeItIsDoneEndsWith130) {
  HubProcess hub;
  ChildProcess program = start({"send", "hello", "--debug", "debug", "--url",
                                "ws://127.0.0.1:" + std::to_string(hub.port())});
  ASSERT_FALSE(program.wait_for_line("connected to the hub").empty()) << program.output();
  program.signal(SIGINT);
  EXPECT_EQ(program.wait(), 130);
}

TEST_F(PeerpigeonTest, ServerStatusTellsWhatTheHubAnswers) {
  const auto ask = [this](const std::string& answer) {
    const OneAnswer server(answer);
    return run({"server-status", "--host", "127.0.0.1", "--port", server.port()});
  };
  const std::string health = R"({"status":"healthy","connections":2,"uptime":5000})";
  const Ended good = ask("HTTP/1.1 200 OK\r\n\r\n" + health);
  EXPECT_EQ(good.status, 0);
  EXPECT_THAT(good.output, HasSubstr("is healthy: 2 connections, up for 5 s"));
  const Ended full = ask("HTTP/1.1 503 Full\r\nA: b\r\n\r\n{\"status\":\"full\\u009b\"}");
  EXPECT_EQ(full.status, 1);
  EXPECT_THAT(full.output, HasSubstr("is full\\x9b:"));

  for (const std::string& answer :
       {std::string("HTTP/1.1 404 Not Found\r\n\r\n{}"), std::string("HTTP/1.1 200 OK\r\n"),
        std::string("SSH-2.0-x\r\n"), std::string(),
        "HTTP/1.1 200 OK\r\n\r\n\"" + std::string(100'000, 'x') + "\""}) {
    const Ended other = ask(answer);
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.output, HasSubstr("does not answer as a hub")) << answer.substr(0, 30);
  }
}

TEST_F(PeerpigeonTest, ServerStatusAsksTheHubOfTheUrl) {
  HubProcess hub;
  const std::string place = "127.0.0.1:" + std::to_string(hub.port());
  EXPECT_THAT(run({"server-status", "--url", "http://" + place}).output, HasSubstr(place));
  const Ended by_variable = run({"server-status"}, {"PEERPIGEON_SIGNALING_URL=ws://" + place});
  EXPECT_EQ(by_variable.status, 0) << by_variable.output;
  EXPECT_THAT(by_variable.output, HasSubstr("the hub at " + place));

  const Ended secure = run({"server-status", "--url", "wss://" + place});
  EXPECT_EQ(secure.status, 1);
  EXPECT_THAT(secure.output, HasSubstr("https://" + place + "/health"));
  EXPECT_EQ(run({"server-status", "--url", "ws://" + place, "--port", "1"}).status, 2);
}

TEST_F(PeerpigeonTest, ServerStatusDoesNotWaitForever) {
  boost::asio::io_context loop;
  const boost::asio::ip::tcp::acceptor silent(loop,
                                              {boost::asio::ip::make_address("127.0.0.1"), 0});
  const Ended asked = run({"server-status", "--host", "127.0.0.1", "--port",
                           std::to_string(silent.local_endpoint().port())});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.output, HasSubstr("does not answer as a hub"));
}

TEST_F(PeerpigeonTest, AServerWithACertificateIsNotAskedInTheClear) {
  const CertificateFiles files{.certificate = folder_.path() / "certificate.pem",
                               .key = folder_.path() / "key.pem"};
  write_certificate(files, 1);
  const Ended asked =
      run({"server-status"}, {"PIGEONHUB_CERTIFICATE_FILE=" + files.certificate.string(),
                              "PIGEONHUB_KEY_FILE=" + files.key.string()});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.output, HasSubstr("/health"));
  EXPECT_THAT(asked.output, HasSubstr("TLS"));
}

TEST_F(PeerpigeonTest, AServerServesAndIsNotStartedTwice) {
  ChildProcess server = start({"server", "--port", "0", "--json"});
  const std::string line = server.wait_for_line(R"("event":"listening")");
  ASSERT_FALSE(line.empty()) << server.output();
  const auto port =
      std::to_string(json::parse(line).as_object().at("port").to_number<std::uint16_t>());

  const Ended again = run({"server", "--port", port});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.output, HasSubstr("a hub is running at"));

  server.signal(SIGINT);
  EXPECT_EQ(server.wait(), 0);
}

}  // namespace
}  // namespace pigeon::test
