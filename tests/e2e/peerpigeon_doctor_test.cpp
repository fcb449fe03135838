// What doctor finds, and what it does not.
#include <array>
#include <csignal>
#include <cstdint>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <gmock/gmock.h>

#include "tests/e2e/peerpigeon_side.hpp"

namespace pigeon::test {
namespace {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Opens WebSockets, and says nothing to whoever comes, or goodbye.
class MuteHub {
 public:
  explicit MuteHub(std::string goodbye = "")
      : goodbye_(std::move(goodbye)),
        acceptor_(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~MuteHub() {
    loop_.stop();
    thread_.join();
  }
  MuteHub(const MuteHub&) = delete;
  MuteHub& operator=(const MuteHub&) = delete;

  std::string url() const {
    return "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

 private:
  using Socket = boost::beast::websocket::stream<tcp::socket>;
  struct Client {
    Socket socket;
    boost::beast::flat_buffer received;
  };

  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error) return;
      Client& client = clients_.emplace_back(Client{Socket(std::move(socket)), {}});
      client.socket.async_accept([this, &client](const boost::system::error_code& refused) {
        if (!refused) read(client);
        if (!refused && !goodbye_.empty()) {
          client.socket.async_close({boost::beast::websocket::close_code::policy_error, goodbye_},
                                    [](const boost::system::error_code&) {});
        }
      });
      accept();
    });
  }
  void read(Client& client) {
    client.received.clear();
    client.socket.async_read(client.received,
                             [this, &client](const boost::system::error_code& end, std::size_t) {
                               if (!end) read(client);
                             });
  }

  std::string goodbye_;
  boost::asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::list<Client> clients_;
  std::thread thread_;
};

/// Answers every Binding request (RFC 8489) with the address 192.0.2.7, port 5000.
class StunServer {
 public:
  StunServer() : socket_(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    receive();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~StunServer() {
    loop_.stop();
    thread_.join();
  }
  StunServer(const StunServer&) = delete;
  StunServer& operator=(const StunServer&) = delete;

  std::string url() const {
    return "stun:127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }

 private:
  void receive() {
    socket_.async_receive_from(boost::asio::buffer(request_), from_,
                               [this](const boost::system::error_code& error, std::size_t size) {
                                 if (error) return;
                                 if (size >= 20) answer();
                                 receive();
                               });
  }
  void answer() {
    // Binding success of 12 bytes: XOR-MAPPED-ADDRESS, IPv4, xored with the magic cookie.
    std::vector<std::uint8_t> response = {0x01, 0x01, 0, 12};
    response.insert(response.end(), request_.begin() + 4, request_.begin() + 20);
    const std::vector<std::uint8_t> mapped = {
        0, 0x20, 0, 8, 0, 1, 0x13 ^ 0x21, 0x88 ^ 0x12, 192 ^ 0x21, 0 ^ 0x12, 2 ^ 0xa4, 7 ^ 0x42};
    response.insert(response.end(), mapped.begin(), mapped.end());
    boost::system::error_code ignored;
    socket_.send_to(boost::asio::buffer(response), from_, 0, ignored);
  }

  boost::asio::io_context loop_;
  udp::socket socket_;
  udp::endpoint from_;
  std::array<std::uint8_t, 2'048> request_{};
  std::thread thread_;
};

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
  const SilentPort port;
  const Ended ended = run({"doctor", "ws://127.0.0.1:" + port.number(), "--json"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(failed(ended), ElementsAre("connection"));
}

TEST_F(DoctorTest, SaysThatTheUrlOrTheNameIsWrong) {
  const Ended url = run({"doctor", "gopher://here", "--json"});
  EXPECT_EQ(url.status, 1);
  EXPECT_THAT(failed(url), ElementsAre("url"));
  const Ended name = run({"doctor", "ws://no.such.host.invalid", "--json"});
  EXPECT_EQ(name.status, 1);
  EXPECT_THAT(failed(name), ElementsAre("name"));
}

TEST_F(DoctorTest, SaysThatSomethingElseListens) {
  const OneAnswer server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  const Ended ended = run({"doctor", server.url() + "/wrong/path", "--json"});

  EXPECT_EQ(ended.status, 1) << ended.output;
  EXPECT_THAT(failed(ended), ElementsAre("websocket"));
  EXPECT_THAT(ended.output, HasSubstr("404"));
}

TEST_F(DoctorTest, SaysThatAHubIntroducesNobody) {
  const MuteHub hub;
  const Ended ended = run({"doctor", hub.url(), "--json"});

  EXPECT_EQ(ended.status, 1) << ended.output;
  EXPECT_THAT(failed(ended), ElementsAre("announce"));
}

TEST_F(DoctorTest, SaysThatAHubTakesNobody) {
  const MuteHub hub("come back tomorrow");
  const Ended ended = run({"doctor", hub.url(), "--json"});

  EXPECT_EQ(ended.status, 1) << ended.output;
  EXPECT_THAT(failed(ended), ElementsAre("hub"));
  EXPECT_THAT(ended.output, HasSubstr("come back tomorrow"));
}

TEST_F(DoctorTest, LooksAtTheKeyFileFirst) {
  HubProcess hub;
  const std::string url = "ws://127.0.0.1:" + std::to_string(hub.port());
  const auto key = write_file("key", 100);
  std::filesystem::permissions(key, std::filesystem::perms::owner_read);
  const Ended damaged = run({"doctor", url, "--json", "--identity-file", key.string()});
  EXPECT_EQ(damaged.status, 1) << damaged.output;
  EXPECT_THAT(failed(damaged), ElementsAre("identity"));

  const auto missing = folder_.path() / "missing";
  EXPECT_EQ(run({"doctor", url, "--identity-file", missing.string()}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST_F(DoctorTest, LooksAtThePasswordOfTheKeyFile) {
  const SilentPort port;
  const auto password = write_file("password", 100);
  std::filesystem::permissions(password, std::filesystem::perms::owner_all);
  const auto key = folder_.path() / "key";
  const auto diagnosed = [&] {
    return run({"doctor", "ws://127.0.0.1:" + port.number(), "--json", "--identity-file",
                key.string(), "--identity-password-file", password.string()});
  };
  EXPECT_THAT(failed(diagnosed()), Not(Contains("identity")));
  EXPECT_FALSE(std::filesystem::exists(key));

  std::ofstream(key) << "peerpigeon locked identity 1\nrounds 100000\n"
                        "salt VVVVVVVVVVVVVVVVVVVVVQ\niv ZmZmZmZmZmZmZmZm\n"
                        "data AAECAwQFBgcICQoLDA0ODxAREhM\n";
  std::filesystem::permissions(key, std::filesystem::perms::owner_read);
  const Ended wrong = diagnosed();
  EXPECT_THAT(failed(wrong), Contains("identity"));
  EXPECT_THAT(wrong.output, HasSubstr("wrong password or damaged data"));

  std::filesystem::permissions(password, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const Ended open = diagnosed();
  EXPECT_THAT(failed(open), Contains("identity"));
  EXPECT_THAT(open.output, HasSubstr("is readable by others"));
}

TEST_F(DoctorTest, CtrlCIsNoDiagnosis) {
  const MuteHub hub;
  ChildProcess doctor = start({"doctor", hub.url(), "--json"});
  ASSERT_FALSE(doctor.wait_for_line(R"("check":"hub")").empty()) << doctor.output();
  doctor.signal(SIGINT);

  EXPECT_EQ(doctor.wait(), 130);
  EXPECT_THAT(doctor.output(), Not(HasSubstr("diagnosis")));
  EXPECT_THAT(failed({0, doctor.output()}), IsEmpty());
}

TEST_F(DoctorTest, TellsWhatAStunServerSees) {
  HubProcess hub;
  const StunServer server;
  const Ended ended = run({"doctor", "ws://127.0.0.1:" + std::to_string(hub.port()), "--json",
                           "--ice-servers", server.url()});
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("others see 192.0.2.7"));
}

TEST_F(DoctorTest, SaysThatAStunServerDoesNotAnswer) {
  HubProcess hub;
  boost::asio::io_context loop;
  const udp::socket silent(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  const std::string url = "stun:127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  const Ended ended = run(
      {"doctor", "ws://127.0.0.1:" + std::to_string(hub.port()), "--json", "--ice-servers", url});
  EXPECT_EQ(ended.status, 1) << ended.output;
  EXPECT_THAT(failed(ended), ElementsAre("stun"));
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
  EXPECT_THAT(failed(unknown), ElementsAre("tls"));

  const Ended known =
      run({"doctor", url, "--json", "--trusted-certificates-file", files.certificate.string()});
  EXPECT_EQ(known.status, 0) << known.output;
  EXPECT_THAT(failed(known), IsEmpty());
}

}  // namespace
}  // namespace pigeon::test
