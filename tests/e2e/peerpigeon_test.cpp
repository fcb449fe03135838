// The command line with real processes on loopback: what it prints, stores and returns.
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/support/certificate.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/hub_process.hpp"

namespace pigeon::test {
namespace {

namespace json = boost::json;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Arguments = std::vector<std::string>;

constexpr std::size_t demo_peers = 4;

/// The objects of an output of one each line; throws if a line is none.
std::vector<json::object> objects_of(const std::string& output) {
  std::vector<json::object> objects;
  for (std::size_t begin = 0; begin < output.size();) {
    const std::size_t end = std::min(output.find('\n', begin), output.size());
    objects.push_back(json::parse(output.substr(begin, end - begin)).as_object());
    begin = end + 1;
  }
  return objects;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PeerpigeonTest : public ::testing::Test {
 protected:
  struct Ended {
    int status = 0;
    std::string output;
  };

  ChildProcess start(const Arguments& arguments, const std::vector<std::string>& variables = {},
                     ChildProcess::Input input = ChildProcess::Input::none) {
    Arguments all = {PIGEON_PEER_BINARY};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<std::string> environment = hub_environment();
    environment.push_back("PORT=0");
    environment.push_back("PEERPIGEON_HOME=" + home().string());
    environment.insert(environment.end(), variables.begin(), variables.end());
    return {std::move(all), std::move(environment), input};
  }
  Ended run(const Arguments& arguments, const std::vector<std::string>& variables = {}) {
    ChildProcess program = start(arguments, variables);
    const int status = program.wait();
    return {status, program.output()};
  }

  std::filesystem::path home() const { return folder_.path() / "home"; }
  std::filesystem::path write_file(const std::string& name, std::size_t size) const {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 977);
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
    return folder_.path() / name;
  }

  TemporaryFolder folder_;
};

/// A demo that others join.
class DemoTest : public PeerpigeonTest {
 protected:
  DemoTest() {
    const std::string ready = demo_.wait_for_line(R"("event":"ready")");
    if (ready.empty()) throw Failure("the demo did not start:\n" + demo_.output());
    url_ = text_of(json::parse(ready).as_object(), "url");
  }

  /// The id of one of the demo's peers.
  std::string peer_id(std::string_view name) const {
    for (const json::object& object : objects_of(demo_.output())) {
      if (text_of(object, "event") == "demo_peer" && text_of(object, "name") == name) {
        return text_of(object, "peer");
      }
    }
    return "";
  }
  Ended run_with_url(Arguments arguments) {
    arguments.insert(arguments.end(), {"--url", url_});
    return run(arguments);
  }

  ChildProcess demo_ = start({"demo", std::to_string(demo_peers), "--json"});
  std::string url_;
};

TEST_F(DemoTest, FormsAMeshAndAMessageCrossesIt) {
  std::size_t links = 0;
  std::size_t hearers = 0;
  std::size_t complete = 0;
  demo_.signal(SIGINT);
  EXPECT_EQ(demo_.wait(), 0);

  for (const json::object& object : objects_of(demo_.output())) {
    links += text_of(object, "event") == "linked" ? 1U : 0U;
    hearers += text_of(object, "event") == "heard" ? 1U : 0U;
    if (text_of(object, "event") == "mesh_complete")
      complete = object.at("links").to_number<std::size_t>();
  }
  EXPECT_EQ(links, demo_peers * (demo_peers - 1) / 2);
  EXPECT_EQ(complete, links);
  EXPECT_EQ(hearers, demo_peers - 1);
}

TEST_F(DemoTest, ADirectMessageIsConfirmedAndAnswered) {
  const std::string bob = peer_id("bob");

  const Ended sent = run_with_url({"dm", bob.substr(0, 8), "ping"});
  EXPECT_EQ(sent.status, 0) << sent.output;
  EXPECT_THAT(demo_.wait_for_line("pong from bob"), HasSubstr("answered"));

  const Ended unknown = run_with_url({"dm", "0123456789", "ping", "--timeout", "3s"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.output, HasSubstr("no known peer's id begins with"));
}

TEST_F(DemoTest, ABroadcastReachesTheDemo) {
  const Ended sent = run_with_url({"send", "hello", "\x1b[2J", "--json"});

  EXPECT_EQ(sent.status, 0) << sent.output;
  const auto objects = objects_of(sent.output);
  EXPECT_EQ(text_of(objects.back(), "event"), "message_sent");
  EXPECT_EQ(objects.back().at("neighbors").to_number<std::size_t>(), demo_peers);
  EXPECT_THAT(demo_.wait_for_line(R"("content":"welcome)"), HasSubstr("answered"));
  EXPECT_THAT(demo_.output(), Not(HasSubstr("\x1b")));
}

TEST_F(DemoTest, ListsPeersAndStatusAsJson) {
  const Ended peers = run_with_url({"peers", "--json"});
  EXPECT_EQ(peers.status, 0) << peers.output;
  std::vector<std::string> states;
  for (const auto& peer : objects_of(peers.output)) states.push_back(text_of(peer, "state"));
  EXPECT_EQ(states.size(), demo_peers);
  EXPECT_THAT(states, Each(std::string("connected")));

  const Ended status = run_with_url({"status", "--json"});
  EXPECT_EQ(status.status, 0) << status.output;
  EXPECT_EQ(objects_of(status.output).back().at("connected_count").to_number<std::size_t>(),
            demo_peers);
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
  EXPECT_EQ(alice.wait(), 0);
  EXPECT_FALSE(bob.wait_for_line("peer_disconnected").empty());
  bob.signal(SIGTERM);
  EXPECT_EQ(bob.wait(), 0);
  objects_of(bob.output());
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
}

// ---- Alone

TEST_F(PeerpigeonTest, WrongUseEndsWithTwoAndASentence) {
  const Ended command = run({"pers"});
  EXPECT_EQ(command.status, 2);
  EXPECT_THAT(command.output, HasSubstr("did you mean peers?"));
  EXPECT_EQ(run({"--max-peers", "0"}).status, 2);
  EXPECT_EQ(run({"demo", "1000"}).status, 2);
  EXPECT_EQ(run({"--help"}).status, 0);
}

TEST_F(PeerpigeonTest, WithoutAHubCommandsEndWithOneAndASentence) {
  std::uint16_t port = 0;
  {
    const HubProcess hub;
    port = hub.port();
  }
  const std::string url = "ws://127.0.0.1:" + std::to_string(port);
  const Ended sent = run({"send", "hello", "--url", url});
  EXPECT_EQ(sent.status, 1);
  EXPECT_THAT(sent.output, HasSubstr("No server listens at"));
  const Ended asked = run({"server-status", "--host", "127.0.0.1", "--port", std::to_string(port)});
  EXPECT_EQ(asked.status, 1);
  EXPECT_THAT(asked.output, HasSubstr("no hub is running"));
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

// ---- The doctor

class DoctorTest : public PeerpigeonTest {
 protected:
  /// The checks that failed.
  static std::vector<std::string> failed(const Ended& ended) {
    std::vector<std::string> names;
    for (const json::object& object : objects_of(ended.output)) {
      if (text_of(object, "result") != "failed") continue;
      names.push_back(text_of(object, "check"));
      EXPECT_NE(text_of(object, "next_step"), "");
    }
    return names;
  }
};

TEST_F(DoctorTest, FindsNothingWrongWithAHub) {
  HubProcess hub;
  const Ended ended = run({"doctor", "ws://127.0.0.1:" + std::to_string(hub.port()), "--json"});

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(failed(ended), IsEmpty());
  EXPECT_THAT(ended.output, HasSubstr(R"("check":"message","result":"ok")"));
}

TEST_F(DoctorTest, SaysThatNobodyListens) {
  std::uint16_t port = 0;
  {
    const HubProcess hub;
    port = hub.port();
  }
  const Ended ended = run({"doctor", "ws://127.0.0.1:" + std::to_string(port), "--json"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(failed(ended), ::testing::ElementsAre("connection"));
}

TEST_F(DoctorTest, SaysThatTheUrlOrTheNameIsWrong) {
  const Ended url = run({"doctor", "gopher://here", "--json"});
  EXPECT_EQ(url.status, 1);
  EXPECT_THAT(failed(url), ::testing::ElementsAre("url"));
  const Ended name = run({"doctor", "ws://no.such.host.invalid", "--json"});
  EXPECT_EQ(name.status, 1);
  EXPECT_THAT(failed(name), ::testing::ElementsAre("name"));
}

TEST_F(DoctorTest, SaysThatSomethingElseListens) {
  namespace asio = boost::asio;
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
  std::thread server([&] {
    asio::ip::tcp::socket socket(loop);
    boost::system::error_code ignored;
    acceptor.accept(socket, ignored);
    std::string request;
    asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", ignored);
    asio::write(socket, asio::buffer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 45),
                ignored);
  });

  const std::string port = std::to_string(acceptor.local_endpoint().port());
  const Ended ended = run({"doctor", "ws://127.0.0.1:" + port + "/wrong/path", "--json"});
  server.join();

  EXPECT_EQ(ended.status, 1) << ended.output;
  EXPECT_THAT(failed(ended), ::testing::ElementsAre("websocket"));
  EXPECT_THAT(ended.output, HasSubstr("404"));
}

TEST_F(DoctorTest, SaysThatACertificateIsUnknown) {
  const CertificateFiles files{.certificate = folder_.path() / "certificate.pem",
                               .key = folder_.path() / "key.pem"};
  write_certificate(files, 1);
  HubProcess hub(
      {"--certificate-file", files.certificate.string(), "--key-file", files.key.string()});
  const std::string url = "wss://127.0.0.1:" + std::to_string(hub.port());

  const Ended unknown = run({"doctor", url, "--json"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(failed(unknown), ::testing::ElementsAre("tls"));

  const Ended known =
      run({"doctor", url, "--json", "--trusted-certificates-file", files.certificate.string()});
  EXPECT_EQ(known.status, 0) << known.output;
  EXPECT_THAT(failed(known), IsEmpty());
}

}  // namespace
}  // namespace pigeon::test
