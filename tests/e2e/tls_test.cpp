#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/hub_test.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/tls_stream.hpp"

// wss:// and https://.

namespace pigeon::test {
namespace {

using ::testing::HasSubstr;

class TlsTest : public HubTest {
 protected:
  void SetUp() override {
    write_certificate(files_, 1);
    start_secure({"--handshake-time-max", "2s"});
  }

  void start_secure(Flags flags) {
    flags.insert(flags.begin(), {"--certificate-file", files_.certificate.string(), "--key-file",
                                 files_.key.string()});
    start(std::move(flags));
  }

  std::unique_ptr<TlsStream> connect_tls(const std::string& source = "127.0.0.1") {
    return std::make_unique<TlsStream>(Route{.port = port(), .source = source}, files_.certificate);
  }
  WebSocketClient open(std::uint64_t number) {
    return {connect_tls(), "/?peerId=" + make_id(number)};
  }

  TemporaryFolder folder_;
  CertificateFiles files_{.certificate = folder_.path() / "certificate.pem",
                          .key = folder_.path() / "key.pem"};
};

std::string announce_message() { return R"({"type":"announce"})"; }
std::string offer_to(std::uint64_t number, const std::string& data) {
  return R"({"type":"offer","data":")" + data + R"(","targetPeerId":")" + make_id(number) + "\"}";
}

/// The first message that is an offer.
std::string receive_offer(WebSocketClient& socket) {
  std::string text;
  do {
    text = socket.receive_text();
  } while (!text.starts_with(R"({"type":"offer")"));
  return text;
}

TEST_F(TlsTest, SignalsGoThroughWss) {
  WebSocketClient alice = open(1);
  WebSocketClient bob = open(2);
  bob.send_text(announce_message());
  alice.send_text(announce_message());
  bob.send_text(offer_to(2, "sync"));
  receive_offer(bob);

  const std::string large(500'000, 'x');
  alice.send_text(offer_to(2, large));

  EXPECT_THAT(receive_offer(bob), HasSubstr(large));
  alice.send({.opcode = opcode::ping, .payload = "p"});
  for (;;) {
    const auto frame = alice.receive();
    ASSERT_TRUE(frame);
    if (frame->opcode == opcode::pong) break;
  }
  alice.send({.opcode = opcode::close, .payload = close_payload(1000)});
  EXPECT_EQ(alice.wait_closed().code, 1000);
}

TEST_F(TlsTest, LimitsConnectsBeforeTheyCostAHandshake) {
  start_secure({"--connects-per-address", "1/min", "--connects-per-address-burst", "2"});
  const std::string stranger = "127.0.0.2";
  // One that never says a word counts as well.
  const TcpStream silent({.port = port(), .source = stranger});
  HttpClient first(connect_tls(stranger));
  EXPECT_EQ(first.get("/livez").status, 200U);

  TcpStream third({.port = port(), .source = stranger});
  EXPECT_EQ(third.receive(Deadline()), "");

  EXPECT_THAT(HttpClient(connect_tls("127.0.0.3")).get("/metrics").body,
              HasSubstr("pigeonhub_refused_total{reason=\"connects_per_address\"} 1"));
}

TEST_F(TlsTest, AnswersHttps) {
  HttpClient client(connect_tls());

  const std::string signaling = client.get("/signaling").body;

  EXPECT_THAT(signaling, HasSubstr(R"("wsUrl":"wss://localhost")"));
  EXPECT_EQ(client.get("/").status, 200U);
}

TEST_F(TlsTest, ClosesInOrder) {
  WebSocketClient socket(connect_tls(), "/?peerId=nonsense");

  expect_closed(socket, 1008, "Invalid peerId");
}

TEST_F(TlsTest, ReloadsTheCertificateOnSighup) {
  WebSocketClient old = open(1);
  old.send_text(announce_message());
  ASSERT_EQ(connect_tls()->serial(), 1);

  write_certificate(files_, 2);
  hub().process().signal(SIGHUP);
  ASSERT_NE(hub().process().wait_for_line("certificate_reloaded"), "");
  // Each of the loops takes it when its turn comes; until then the old one is shown, which does not
  // match the file.
  long serial = 1;
  const Deadline deadline;
  while (serial != 2 && !deadline.has_passed()) {
    try {
      serial = connect_tls()->serial();
    } catch (const Failure&) {
      // The old one.
    }
  }

  EXPECT_EQ(serial, 2);
  old.send_text(offer_to(1, "still here"));
  EXPECT_THAT(receive_offer(old), HasSubstr("still here"));
}

TEST_F(TlsTest, KeepsTheCertificateIfTheNewOneIsNoGood) {
  const TemporaryFolder elsewhere;
  const CertificateFiles kept{.certificate = elsewhere.path() / "c.pem",
                              .key = elsewhere.path() / "k.pem"};
  std::filesystem::copy(files_.certificate, kept.certificate);

  std::ofstream(files_.certificate) << "nonsense";
  hub().process().signal(SIGHUP);
  ASSERT_NE(hub().process().wait_for_line("certificate_not_reloaded"), "");

  TlsStream again({.port = port()}, kept.certificate);
  EXPECT_EQ(again.serial(), 1);
}

TEST_F(TlsTest, PlainTextDoesNoHarm) {
  WebSocketClient witness = open(1);
  const std::vector<std::string> greetings = {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      upgrade_request("/?peerId=" + make_id(2)),
      std::string(100'000, '\0'),
      std::string("\x16\x03\x01\xff\xff\x01", 6) + std::string(70'000, 'x'),
      "\x80\x2e\x01",
  };

  for (const std::string& greeting : greetings) {
    TcpStream plain({.port = port()});
    plain.send(greeting, Deadline());
    plain.shutdown_send();
    // An alert at most, and the end.
    std::size_t size = 0;
    for (std::string bytes = plain.receive(Deadline()); !bytes.empty();
         bytes = plain.receive(Deadline())) {
      size += bytes.size();
    }
    EXPECT_LT(size, 100U);
  }

  witness.send_text(R"({"type":"ping"})");
  while (!witness.receive_text().starts_with(R"({"type":"pong")")) {
  }
}

TEST_F(TlsTest, SlowTlsHandshakesEnd) {
  std::vector<std::unique_ptr<TcpStream>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<TcpStream>(Route{.port = port(), .source = "127.0.0.2"}));
    if (i % 2 == 0) slow.back()->send({"\x16\x03\x01", 3}, Deadline());
  }

  open(1).receive_text();

  for (const auto& stream : slow) EXPECT_EQ(stream->receive(Deadline()), "");
}

TEST_F(TlsTest, ClientsThatVanishAreNoticed) {
  WebSocketClient bob = open(2);
  {
    WebSocketClient alice = open(1);
    alice.send_text(announce_message());
    bob.send_text(announce_message());
    while (bob.receive_text().find("peer-discovered") == std::string::npos) {
    }
  }

  EXPECT_THAT(bob.receive_text(), HasSubstr("peer-disconnected"));
}

}  // namespace
}  // namespace pigeon::test
