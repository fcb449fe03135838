#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/hub_test.hpp"

// Who may connect, under which id, and who keeps an id that two claim.

namespace pigeon::test {
namespace {

class AdmissionTest : public HubTest {
 protected:
  WebSocketClient open(const std::string& target) { return {{.port = port()}, target}; }

  /// The spelling under which the hub takes a client that connects to the target.
  std::string accepted_as(const std::string& target) {
    WebSocketClient socket = open(target);
    const std::string text = socket.receive_text();
    const std::string mark = R"({"type":"connected","peerId":")";
    return text.starts_with(mark) ? text.substr(mark.size(), 40) : text;
  }
};

TEST_F(AdmissionTest, TakesIdsAsTheyAreSpelled) {
  start();
  const std::string lower = "00112233445566778899aabbccddeeff00112233";
  const std::string upper = "00112233445566778899AABBCCDDEEFF00112233";

  EXPECT_EQ(accepted_as("/?peerId=" + lower), lower);
  EXPECT_EQ(accepted_as("/?peerId=" + upper), upper);
  EXPECT_EQ(accepted_as("/?peerId=00112233445566778899aaBbccddeeff00112233"),
            "00112233445566778899aaBbccddeeff00112233");
  // Percent-decoded before it is looked at.
  EXPECT_EQ(accepted_as("/?peerId=%30%30112233445566778899%61abbccddeeff00112233"), lower);
  EXPECT_EQ(accepted_as("/?peer%49d=" + lower), lower);
  // Of two the first counts, and other parameters do not matter.
  EXPECT_EQ(accepted_as("/?x=1&peerId=" + lower + "&peerId=" + upper + "&token=%00"), lower);
  EXPECT_EQ(accepted_as("/?peerId=" + lower + "&peerId=nonsense"), lower);
}

TEST_F(AdmissionTest, TwoSpellingsAreTwoPeers) {
  start();
  const std::string lower(40, 'a');
  const std::string upper(40, 'A');
  PeerClient small(port(), lower);
  PeerClient large(port(), upper);

  small.announce();
  large.announce();
  small.expect_about("peer-discovered", upper);
  small.signal("offer", upper, 1);

  EXPECT_EQ(text_at(large.expect("offer"), "targetPeerId"), upper);
}

TEST_F(AdmissionTest, TakesEveryPath) {
  start();
  const std::string id = make_id(1);

  for (const char* path : {"/", "/ws", "/any/path/at/all/", "//", "///x", "/%2e%2e/", "/health",
                           "/?a=b&", "http://example.com/"}) {
    const std::string start_of_query = std::string(path).find('?') == std::string::npos ? "?" : "";
    EXPECT_EQ(accepted_as(path + start_of_query + "peerId=" + id), id) << path;
  }
}

TEST_F(AdmissionTest, RefusesWhatIsNoId) {
  start();
  const std::string id = make_id(1);
  const std::vector<std::string> queries = {
      "",
      "?",
      "?peerId",
      "?peerId=",
      "?peerid=" + id,
      "?peerId=" + id.substr(1),
      "?peerId=" + id + "0",
      "?peerId=" + std::string(4'000, 'a'),
      "?peerId=" + id.substr(1) + "g",
      "?peerId=" + id.substr(1) + "%00",
      "?peerId=" + id.substr(1) + "+",
      "?peerId=%20" + id,
      "?peerId=" + id.substr(1) + "%C3%A9",
      "?peerId=nonsense&peerId=" + id,
      "?peerId%5B%5D=" + id,
      "?x=%26peerId=" + id,
  };

  for (const std::string& query : queries) {
    SCOPED_TRACE(query.substr(0, 80));
    WebSocketClient socket = open("/" + query);
    const auto frame = socket.receive();
    ASSERT_TRUE(frame && frame->opcode == opcode::close);
    socket.send({.opcode = opcode::close, .payload = frame->payload.substr(0, 2)});
    expect_closed(socket, 1008, "Invalid peerId");
  }
}

TEST_F(AdmissionTest, AnOwnerThatAnswersKeepsItsId) {
  start();
  PeerClient owner = connect(1);
  owner.announce();
  owner.sync();

  PeerClient newcomer = connect(1);
  newcomer.announce();
  // The owner is pinged; reading answers.
  const auto ping = [&] {
    for (;;) {
      auto frame = owner.socket().receive();
      if (!frame || frame->opcode == opcode::ping) return frame;
    }
  }();
  ASSERT_TRUE(ping);
  owner.socket().send({.opcode = opcode::pong, .payload = ping->payload});

  expect_closed(newcomer.socket(), 1008, "Peer already connected");
  owner.sync();
}

TEST_F(AdmissionTest, AnyMessageOfTheOwnerKeepsItsId) {
  start({"--duplicate-time", "60s"});
  PeerClient owner = connect(1);
  owner.sync();

  PeerClient newcomer = connect(1);
  // Nobody tells the owner when the hub has noticed the newcomer, so it goes on talking; it reads
  // no ping and answers none.
  std::optional<ServerFrame> frame;
  while (!frame) {
    owner.send({{"type", "cleanup"}});
    try {
      frame = newcomer.socket().receive(Deadline(50ms));
    } catch (const Failure&) {
      // Nothing yet.
    }
  }

  EXPECT_EQ(frame->opcode, opcode::close);
  EXPECT_EQ(newcomer.socket().ending()->reason, "Peer already connected");
}

TEST_F(AdmissionTest, ASilentOwnerIsReplaced) {
  start({"--duplicate-time", "500ms"});
  PeerClient bob = connect(2);
  PeerClient silent = connect(1);
  bob.announce();
  silent.announce();
  silent.sync();
  bob.expect_about("peer-discovered", silent.id());

  PeerClient newcomer = connect(1);
  newcomer.announce({{"name", "again"}});
  EXPECT_EQ(subject_of(newcomer.expect("connected")), silent.id());
  const json::object departure = bob.expect("peer-disconnected");
  const json::object notice = bob.expect("peer-discovered");
  bob.signal("offer", newcomer.id(), 1);

  EXPECT_EQ(subject_of(departure), silent.id());
  EXPECT_EQ(text_at(notice.at("data").as_object(), "name"), "again");
  newcomer.expect("offer");
  expect_closed(silent.socket(), 1008, "Replaced by a new connection");
  bob.sync();
  EXPECT_EQ(bob.count("peer-disconnected"), 0U);
}

TEST_F(AdmissionTest, ANewcomerTakesOverAtOnceWhenTheOwnerCloses) {
  start({"--duplicate-time", "60s"});
  auto owner = std::make_optional(connect(1));
  owner->sync();

  PeerClient newcomer = connect(1);
  newcomer.announce();
  owner.reset();

  EXPECT_EQ(subject_of(newcomer.expect("connected")), make_id(1));
}

TEST_F(AdmissionTest, OfManyNewcomersOneWaits) {
  start({"--duplicate-time", "60s"});
  PeerClient owner = connect(1);
  owner.sync();

  PeerClient first = connect(1);
  PeerClient second = connect(1);
  // Which of them came first is the hub's to say: it reads each socket on one of several loops.
  auto* const closed_first = [&] {
    for (;;) {
      for (PeerClient* each : {&first, &second}) {
        try {
          if (each->socket().receive(Deadline(50ms))) return each;
        } catch (const Failure&) {
          // Nothing yet.
        }
      }
    }
  }();

  EXPECT_EQ(closed_first->socket().ending()->reason, "Peer already connected");
}

TEST_F(AdmissionTest, RefusesMoreThanTheMaximum) {
  start({"--connections-max", "2"});
  PeerClient alice = connect(1);
  alice.sync();
  {
    PeerClient bob = connect(2);
    bob.sync();
    PeerClient carol = connect(3);
    expect_closed(carol.socket(), 1008, "Maximum connections reached");
    bob.socket().send({.opcode = opcode::close, .payload = close_payload(1000)});
    bob.socket().wait_closed();
  }
  EXPECT_NE(hub().process().wait_for_line("refused 1 connection: the limit --connections-max"), "");

  PeerClient dave = connect(4);
  dave.expect("connected");
  alice.sync();
}

}  // namespace
}  // namespace pigeon::test
