#include "runtime/hub_socket.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "net/clock.hpp"
#include "runtime/hub_probe.hpp"
#include "signaling/hub_links.hpp"
#include "tests/e2e/hub_test.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/closed_port.hpp"
#include "wire/client_message.hpp"

// The client's way to a hub, against our own hub and against servers that misbehave.

namespace pigeon::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using runtime::HubSocket;
using runtime::HubSocketOptions;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// One socket on a loop of its own, which the test turns.
class Client {
 public:
  Client(asio::io_context& loop, const std::string& url, const std::string& trusted_file = {},
         const HubSocketOptions& options = {})
      : loop_(loop),
        socket_(std::make_unique<HubSocket>(
            loop, url, net::TlsClientContext::load(trusted_file), options, Random::from_number(1),
            runtime::HubSocketCallbacks{
                .opened = [this] { is_open_ = true; },
                .text = [this](std::string_view text) { texts_.emplace_back(text); },
                .closed =
                    [this](std::uint16_t code, std::string_view reason) {
                      ASSERT_FALSE(ending_);
                      ending_ = Ending{code, std::string(reason)};
                    },
            })) {}

  HubSocket& socket() { return *socket_; }
  bool is_open() const { return is_open_; }
  const std::optional<Ending>& ending() const { return ending_; }

  /// Turns the loop until it is so.
  void run_until(const std::function<bool()>& is_done) {
    const Deadline deadline;
    loop_.restart();
    while (!is_done() && !deadline.has_passed()) loop_.run_one_for(50ms);
    if (!is_done()) throw Failure("nothing happened in time");
  }
  void wait_open() {
    run_until([&] { return is_open_ || ending_; });
    if (ending_) throw Failure("closed: " + ending_->reason);
  }
  Ending wait_closed() {
    run_until([&] { return ending_.has_value(); });
    return *ending_;
  }
  /// The first message that holds the words; drops what came before.
  std::string wait_text(std::string_view words) {
    for (;;) {
      run_until([&] { return !texts_.empty() || ending_; });
      if (texts_.empty()) throw Failure("closed: " + ending_->reason);
      std::string text = std::move(texts_.front());
      texts_.pop_front();
      if (text.find(words) != std::string::npos) return text;
    }
  }

 private:
  asio::io_context& loop_;
  bool is_open_ = false;
  std::deque<std::string> texts_;
  std::optional<Ending> ending_;
  std::unique_ptr<HubSocket> socket_;
};

/// What a socket may tell.
enum class Call : std::uint8_t { opened, text, closed };

std::string url_of(std::uint16_t port, std::uint64_t number, const std::string& scheme = "ws") {
  return scheme + "://127.0.0.1:" + std::to_string(port) + "/?peerId=" + make_id(number);
}

class HubSocketTest : public HubTest {
 protected:
  /// Opens two clients, which announce themselves.
  void announce(Client& alice, Client& bob) {
    alice.wait_open();
    bob.wait_open();
    alice.socket().send(wire::encode_announce(make_id(1), "global", 3, ""));
    bob.socket().send(wire::encode_announce(make_id(2), "global", 3, ""));
  }

  asio::io_context loop_;
};

TEST_F(HubSocketTest, AnnouncesAndDiscoversThroughARealHub) {
  start();
  Client alice(loop_, url_of(port(), 1));
  Client bob(loop_, url_of(port(), 2));

  announce(alice, bob);

  EXPECT_THAT(alice.wait_text("peer-discovered"), HasSubstr(make_id(2)));
  EXPECT_THAT(bob.wait_text("peer-discovered"), HasSubstr(make_id(1)));
}

TEST_F(HubSocketTest, CarriesLongMessages) {
  start();
  Client alice(loop_, url_of(port(), 1));
  Client bob(loop_, url_of(port(), 2));
  announce(alice, bob);
  bob.wait_text("peer-discovered");

  const std::string data = "\"" + std::string(300'000, 'x') + "\"";
  alice.socket().send(wire::encode_signal(
      {.type = wire::SignalType::offer, .network = "global", .target = make_id(2), .data = data}));

  EXPECT_THAT(bob.wait_text("\"offer\""), HasSubstr(data));
}

TEST_F(HubSocketTest, ClosesAfterEverythingWasSent) {
  start();
  Client alice(loop_, url_of(port(), 1));
  PeerClient bob = connect(2);
  bob.announce();
  bob.sync();
  alice.wait_open();

  alice.socket().send(wire::encode_announce(make_id(1), "global", 3, ""));
  alice.wait_text("peer-discovered");

  // More than a socket takes at once.
  const std::string data = "\"" + std::string(900'000, 'x') + "\"";
  alice.socket().send(wire::encode_signal(
      {.type = wire::SignalType::offer, .network = "global", .target = make_id(2), .data = data}));
  alice.socket().close(1000, "Client disconnect");

  EXPECT_EQ(alice.wait_closed().code, 1000);
  EXPECT_EQ(text_at(bob.expect("offer"), "data").size(), 900'000U);
}

TEST_F(HubSocketTest, ReportsTheCodeOfAHubThatCloses) {
  start();
  Client refused(loop_, "ws://127.0.0.1:" + std::to_string(port()) + "/?peerId=short");

  const Ending ending = refused.wait_closed();

  EXPECT_EQ(ending.code, 1008);
  EXPECT_THAT(ending.reason, AllOf(HasSubstr("Invalid peerId"), HasSubstr("127.0.0.1:")));
}

/// Sockets that are destroyed before their time.
class HubSocketEndTest : public HubSocketTest {
 protected:
  /// A socket that counts what it tells, and calls `then` each time.
  std::unique_ptr<HubSocket> make(std::uint16_t port, const std::function<void(Call)>& then) {
    const auto tell = [this, then](Call call) {
      ++told_;
      then(call);
    };
    return std::make_unique<HubSocket>(loop_, url_of(port, 1), net::TlsClientContext::load(""),
                                       HubSocketOptions{}, Random::from_number(1),
                                       runtime::HubSocketCallbacks{
                                           .opened = [tell] { tell(Call::opened); },
                                           .text = [tell](auto) { tell(Call::text); },
                                           .closed = [tell](auto, auto) { tell(Call::closed); },
                                       });
  }
  /// Turns the loop until another client has done all that the socket would have done meanwhile.
  void outlive() {
    Client witness(loop_, url_of(port(), 2));
    witness.wait_text("connected");
  }

  int told_ = 0;
};

TEST_F(HubSocketEndTest, TellsNothingOnceItIsDestroyed) {
  start();
  // From an attempt that has barely begun to a connection that has told all.
  bool has_told_all = false;
  for (int turns = 0; !has_told_all; ++turns) {
    ASSERT_LT(turns, 100);
    auto socket = make(port(), [&](Call call) { has_told_all = call == Call::text; });
    loop_.restart();
    for (int i = 0; i < turns; ++i) loop_.run_one_for(1s);
    const int told_before = told_;

    socket.reset();
    outlive();

    EXPECT_EQ(told_, told_before) << "after " << turns << " turns";
  }
}

TEST_F(HubSocketEndTest, MayBeDestroyedInItsOwnCalls) {
  start();
  const ClosedPort closed;
  for (const Call last : {Call::opened, Call::text, Call::closed}) {
    std::unique_ptr<HubSocket> socket;
    int told_before = 0;
    const auto end = [&](Call call) {
      if (call != last) return;
      told_before = told_;
      socket.reset();
    };
    socket = make(last == Call::closed ? closed.number() : port(), end);

    const Deadline deadline;
    loop_.restart();
    while (socket != nullptr && !deadline.has_passed()) loop_.run_one_for(50ms);
    ASSERT_EQ(socket, nullptr) << "call " << static_cast<int>(last);
    outlive();

    EXPECT_EQ(told_, told_before) << "call " << static_cast<int>(last);
  }
}

// ---- Together with the core.

/// Carries out what `HubLinks` wants with real sockets and the real clock.
class LinkedClient {
 public:
  LinkedClient(asio::io_context& loop, std::uint64_t number)
      : loop_(loop),
        links_(*wire::SpelledId::parse(make_id(number)), "global", 16, {},
               Random::from_number(number)) {}

  signaling::HubLinks& links() { return links_; }

  /// Turns the loop until the core has told what the test waits for.
  template <class News>
  News wait_for(const std::function<bool(const News&)>& matches) {
    const Deadline deadline;
    while (!deadline.has_passed()) {
      carry_out();
      for (const signaling::HubNews& news : links_.take_news()) {
        const auto* typed = std::get_if<News>(&news);
        if (typed != nullptr && matches(*typed)) return *typed;
      }
      loop_.restart();
      loop_.run_one_for(20ms);
      links_.handle_timeout(net::read_clock());
    }
    throw Failure("no such news in time");
  }
  void wait_connected() {
    wait_for<signaling::HubChanged>([](const signaling::HubChanged& news) {
      return news.state == signaling::HubState::connected;
    });
  }

 private:
  void carry_out() {
    for (const signaling::HubAction& action : links_.take_actions()) {
      if (const auto* open = std::get_if<signaling::OpenHub>(&action)) {
        socket_ = std::make_unique<HubSocket>(loop_, open->url, net::TlsClientContext::load(""),
                                              HubSocketOptions{}, Random::from_number(1),
                                              callbacks(open->hub));
      } else if (const auto* send = std::get_if<signaling::SendToHub>(&action)) {
        socket_->send(send->text);
      }
    }
  }
  runtime::HubSocketCallbacks callbacks(signaling::HubKey hub) {
    return {.opened = [this, hub] { links_.opened(hub, net::read_clock()); },
            .text = [this, hub](auto text) { links_.received(hub, text, net::read_clock()); },
            .closed = [this, hub](
                          auto code,
                          auto reason) { links_.closed(hub, code, reason, net::read_clock()); }};
  }

  asio::io_context& loop_;
  signaling::HubLinks links_;
  std::unique_ptr<HubSocket> socket_;
};

TEST(HubRestartTest, IsFoundAgainWithoutBeingAsked) {
  asio::io_context loop;
  auto hub = std::make_unique<HubProcess>(Flags{"--drain-window", "0ms"});
  const std::uint16_t port = hub->port();
  LinkedClient alice(loop, 1);
  ASSERT_TRUE(alice.links().add("http://127.0.0.1:" + std::to_string(port), net::read_clock()));
  alice.wait_connected();

  EXPECT_EQ(hub->stop(), 0);
  const auto lost = alice.wait_for<signaling::HubChanged>(
      [](const auto& news) { return news.state == signaling::HubState::waiting; });
  EXPECT_THAT(lost.reason, HasSubstr("closed the connection (10"));
  const auto refused = alice.wait_for<signaling::HubChanged>(
      [](const auto& news) { return news.state == signaling::HubState::waiting; });
  EXPECT_THAT(refused.reason, HasSubstr("No server listens at 127.0.0.1:"));
  hub = std::make_unique<HubProcess>(Flags{"--drain-window", "0ms"}, port);
  alice.wait_connected();

  // It has announced itself anew, as one of this project.
  LinkedClient bob(loop, 2);
  ASSERT_TRUE(bob.links().add("http://127.0.0.1:" + std::to_string(port), net::read_clock()));
  const auto found = bob.wait_for<signaling::Discovered>(
      [](const auto& news) { return news.peer.to_text() == make_id(1); });
  EXPECT_TRUE(found.is_capable);
}

// ---- TLS

class SecureHubSocketTest : public HubSocketTest {
 protected:
  SecureHubSocketTest() {
    write_certificate(files_, 1);
    write_certificate(other_, 2);
  }

  void start_secure() {
    start({"--certificate-file", files_.certificate.string(), "--key-file", files_.key.string()});
  }

  TemporaryFolder folder_;
  CertificateFiles files_{.certificate = folder_.path() / "certificate.pem",
                          .key = folder_.path() / "key.pem"};
  CertificateFiles other_{.certificate = folder_.path() / "other.pem",
                          .key = folder_.path() / "other_key.pem"};
};

TEST_F(SecureHubSocketTest, SpeaksWithAHubThatHasTheRightCertificate) {
  start_secure();
  Client alice(loop_, url_of(port(), 1, "wss"), files_.certificate);
  alice.wait_open();

  alice.socket().send(wire::encode_ping(make_id(1)));

  EXPECT_THAT(alice.wait_text("pong"), HasSubstr(make_id(1)));
  alice.socket().close(1000, {});
  EXPECT_EQ(alice.wait_closed().code, 1000);
}

TEST_F(SecureHubSocketTest, RefusesACertificateThatNobodyVouchesFor) {
  start_secure();
  for (const std::string& trusted : {other_.certificate.string(), std::string()}) {
    Client alice(loop_, url_of(port(), 1, "wss"), trusted);

    const Ending ending = alice.wait_closed();

    EXPECT_EQ(ending.code, 1006);
    EXPECT_THAT(ending.reason, AllOf(HasSubstr("certificate is not trusted"), HasSubstr("self")));
    EXPECT_FALSE(alice.is_open());
  }
}

TEST_F(SecureHubSocketTest, RefusesTheCertificateOfAnotherHost) {
  start_secure();
  // The certificate is for 127.0.0.1 only.
  Client alice(loop_, "wss://localhost:" + std::to_string(port()) + "/?peerId=" + make_id(1),
               files_.certificate);

  EXPECT_THAT(alice.wait_closed().reason,
              AllOf(HasSubstr("certificate is not trusted"), HasSubstr("ostname mismatch")));
}

TEST_F(SecureHubSocketTest, SaysWhenOneEndSpeaksTlsAndTheOtherDoesNot) {
  start();
  Client secure(loop_, url_of(port(), 1, "wss"), files_.certificate);

  EXPECT_THAT(secure.wait_closed().reason,
              AllOf(HasSubstr("does not speak TLS"), HasSubstr("wants ws")));
}

TEST_F(SecureHubSocketTest, SaysWhenTheTrustedFileCannotBeRead) {
  Client alice(loop_, "wss://127.0.0.1:1/", (folder_.path() / "none.pem").string());

  EXPECT_THAT(alice.wait_closed().reason,
              AllOf(HasSubstr("none.pem"), HasSubstr("No such file"), HasSubstr("Give the path")));
}

// ---- Servers that are none.

/// Accepts one connection after another, waits for a request, and does with it what the test wants.
class BadServer {
 public:
  using Serve = std::function<void(tcp::socket&, const std::string& request)>;

  explicit BadServer(Serve serve)
      : serve_(std::move(serve)),
        acceptor_(loop_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)),
        thread_([this] { run(); }) {}
  ~BadServer() {
    stops_ = true;
    stops_.notify_all();
    boost::system::error_code ignored;
    tcp::socket waker(loop_);
    waker.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// For what it does with a connection: returns when the test is over.
  void wait_for_end() const { stops_.wait(false); }

 private:
  void run() {
    while (!stops_) {
      boost::system::error_code error;
      tcp::socket socket = acceptor_.accept(error);
      if (error || stops_) return;
      std::string request;
      while (!error && request.find("\r\n\r\n") == std::string::npos) {
        std::array<char, 4'096> piece{};
        request.append(piece.data(), socket.read_some(asio::buffer(piece), error));
      }
      serve_(socket, request);
    }
  }

  Serve serve_;
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stops_{false};
  std::thread thread_;
};

void reply(tcp::socket& socket, const std::string& bytes) {
  boost::system::error_code ignored;
  asio::write(socket, asio::buffer(bytes), ignored);
}

/// Keeps the connection until the client ends it.
void hold(tcp::socket& socket) {
  boost::system::error_code error;
  std::array<char, 4'096> piece{};
  while (!error) socket.read_some(asio::buffer(piece), error);
}

class BadServerTest : public ::testing::Test {
 protected:
  asio::io_context loop_;
};

TEST_F(BadServerTest, SaysThatNobodyListens) {
  const ClosedPort closed;
  Client client(loop_, url_of(closed.number(), 1));

  const Ending ending = client.wait_closed();

  EXPECT_EQ(ending.code, 1006);
  EXPECT_EQ(ending.reason, "No server listens at 127.0.0.1:" + std::to_string(closed.number()) +
                               ". Start a hub there, or check the address.");
}

TEST_F(BadServerTest, TriesTheNextAddressOfAName) {
  // `localhost` usually is ::1 first, where nobody listens.
  BadServer server([](tcp::socket& socket, const std::string&) {
    reply(socket, "HTTP/1.1 404 Not Found\r\n\r\n");
  });
  Client client(loop_, "ws://localhost:" + std::to_string(server.port()) + "/");

  EXPECT_THAT(client.wait_closed().reason, HasSubstr("answers 404 Not Found"));
}

TEST_F(BadServerTest, SaysThatANameIsUnknown) {
  Client client(loop_, "ws://no-such-host.invalid:3000/");

  EXPECT_THAT(client.wait_closed().reason,
              AllOf(StartsWith("The name no-such-host.invalid cannot be found"),
                    HasSubstr("Check the address")));
}

TEST_F(BadServerTest, RefusesWhatIsNoUrl) {
  Client client(loop_, "http://127.0.0.1:3000/");

  EXPECT_THAT(client.wait_closed().reason, HasSubstr("no address of a WebSocket"));
}

TEST_F(BadServerTest, GivesUpOnAServerThatNeverAnswers) {
  BadServer server([](tcp::socket& socket, const std::string&) { hold(socket); });
  Client client(loop_, url_of(server.port(), 1), {}, {.open_time_max = 300ms});

  EXPECT_THAT(client.wait_closed().reason, HasSubstr("does not answer. Check the address"));
}

TEST_F(BadServerTest, GivesUpOnATlsServerThatNeverAnswers) {
  const tcp::acceptor mute(loop_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  Client client(loop_, url_of(mute.local_endpoint().port(), 1, "wss"), {},
                {.open_time_max = 300ms});

  EXPECT_THAT(client.wait_closed().reason, HasSubstr("does not answer. Check the address"));
}

TEST_F(BadServerTest, SaysThatAServerHungUpInTheHandshake) {
  for (const std::string& bytes : {std::string(), std::string("HTTP/1.1 101 Swit")}) {
    BadServer server([&](tcp::socket& socket, const std::string&) { reply(socket, bytes); });
    Client client(loop_, url_of(server.port(), 1));

    const Ending ending = client.wait_closed();

    EXPECT_EQ(ending.code, 1006);
    EXPECT_THAT(ending.reason, HasSubstr("before it opened a WebSocket"));
  }
}

TEST_F(BadServerTest, RepeatsTheStatusOfARefusal) {
  BadServer server([](tcp::socket& socket, const std::string&) {
    reply(socket, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\nno");
  });
  Client client(loop_, url_of(server.port(), 1));

  EXPECT_THAT(client.wait_closed().reason,
              AllOf(HasSubstr("answers 429 Too Many Requests"), HasSubstr("wait before")));
}

TEST_F(BadServerTest, SendsTheTargetAndTheHostOfTheUrl) {
  std::string seen;
  {
    BadServer server([&](tcp::socket&, const std::string& request) { seen = request; });
    Client client(loop_, "ws://127.0.0.1:" + std::to_string(server.port()) + "/a%20b?c=d&peerId=e");
    client.wait_closed();
    EXPECT_THAT(seen, HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  }
  EXPECT_THAT(seen, StartsWith("GET /a%20b?c=d&peerId=e HTTP/1.1\r\n"));
}

TEST_F(BadServerTest, IsProbedWithTheUrlThatANodeWouldAskFor) {
  const PeerId self = *PeerId::parse(make_id(1));
  std::string seen;
  runtime::HubProbe probe;
  {
    BadServer server([&](tcp::socket&, const std::string& request) { seen = request; });
    const std::string place = "127.0.0.1:" + std::to_string(server.port());
    probe = runtime::probe_hub("HTTP://" + place + "?peerId=other&a=b#top", self, "");
  }

  EXPECT_TRUE(probe.is_url_good);
  EXPECT_THAT(seen, StartsWith("GET /?a=b&peerId=" + self.to_text() + " HTTP/1.1\r\n"));
  EXPECT_FALSE(runtime::probe_hub("ws://me@127.0.0.1", self, "").is_url_good);
}

/// Answers the handshake and then what `then` does.
BadServer::Serve upgrade_and(std::function<void(tcp::socket&)> then) {
  return [then = std::move(then)](tcp::socket& socket, const std::string& request) {
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t at = request.find(name) + name.size();
    const std::string key = request.substr(at, request.find("\r\n", at) - at);
    reply(socket, net::websocket::encode_response(net::websocket::accept_value(key)));
    then(socket);
  };
}

TEST_F(BadServerTest, GivesUpAServerThatDoesNotRead) {
  BadServer server(upgrade_and([&](tcp::socket&) { server.wait_for_end(); }));
  Client client(loop_, url_of(server.port(), 1));
  client.wait_open();

  const std::string piece(64'000, 'x');
  for (int i = 0; i < 2'000 && !client.ending(); ++i) {
    client.socket().send(piece);
    loop_.restart();
    loop_.poll();
  }

  EXPECT_THAT(client.wait_closed().reason, HasSubstr("reads too slowly"));
}

TEST_F(BadServerTest, NoticesThatAServerHasVanished) {
  BadServer server(upgrade_and([](tcp::socket& socket) { hold(socket); }));
  Client client(loop_, url_of(server.port(), 1), {}, {.session = {.silence_max = 100ms}});
  client.wait_open();

  const Ending ending = client.wait_closed();

  EXPECT_EQ(ending.code, 1006);
  EXPECT_THAT(ending.reason, HasSubstr("does not answer any more"));
}

TEST_F(BadServerTest, DoesNotWaitForEverForTheCloseFrame) {
  BadServer server(upgrade_and([](tcp::socket& socket) { hold(socket); }));
  Client client(loop_, url_of(server.port(), 1), {}, {.session = {.close_time_max = 100ms}});
  client.wait_open();

  client.socket().close(1000, "Client disconnect");

  EXPECT_EQ(client.wait_closed().code, 1006);
}

TEST_F(BadServerTest, RefusesAMaskedFrame) {
  BadServer server(upgrade_and([](tcp::socket& socket) {
    reply(socket, std::string("\x81\x82\x01\x02\x03\x04"
                              "ab",
                              8));
    hold(socket);
  }));
  Client client(loop_, url_of(server.port(), 1));

  const Ending ending = client.wait_closed();

  EXPECT_EQ(ending.code, 1002);
  EXPECT_THAT(ending.reason, HasSubstr("breaks the WebSocket protocol"));
}

}  // namespace
}  // namespace pigeon::test
