#include <array>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtc/ice/agent.hpp"
#include "rtc/ice/agent_testing.hpp"

namespace pigeon::ice {
namespace {

const SocketAddress stranger = address_of("203.0.113.66", 666);

/// A Binding request to Alice, as its fields say.
struct Forgery {
  std::string username;
  std::string password;
  std::optional<std::uint32_t> priority = 1;
  bool use_candidate = false;
  StunAttribute extra = StunAttribute::software;

  Bytes bytes() const {
    std::array<std::uint8_t, 1'024> buffer{};
    StunWriter writer(buffer, StunClass::request, StunMethod::binding, TransactionId{1, 2, 3});
    writer.text(StunAttribute::username, username);
    if (priority) writer.u32(StunAttribute::priority, *priority);
    writer.u64(StunAttribute::ice_controlled, 1);
    writer.attribute(extra, {});
    if (use_candidate) writer.attribute(StunAttribute::use_candidate);
    writer.integrity(as_bytes(password));
    writer.fingerprint();
    const BytesView message = BytesView(buffer).first(writer.finish());
    return {message.begin(), message.end()};
  }
};

class HostileInputTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(connect(network_)); }

  Agent& alice() { return network_.alice.agent; }

  /// As one who was told our description would write it.
  Forgery insider() {
    const Credentials& ours = alice().local_credentials();
    return {.username = ours.ufrag + ':' + network_.bob.agent.local_credentials().ufrag,
            .password = ours.password};
  }

  Received receive(const SocketAddress& from, BytesView datagram) {
    return alice().receive({alice_host, from}, datagram, network_.now());
  }

  DatagramBatch answers() {
    DatagramBatch batch;
    alice().transmit(batch, network_.now());
    return batch;
  }

  TestNetwork network_;
};

TEST_F(HostileInputTest, DoesNotAnswerAWrongPassword) {
  Forgery forged = insider();
  forged.password += 'x';

  EXPECT_EQ(receive(stranger, forged.bytes()).input, Input::dropped);

  EXPECT_TRUE(answers().empty());
  EXPECT_EQ(alice().stats().dropped_unauthenticated, 1U);
}

TEST_F(HostileInputTest, DoesNotAnswerAWrongUserName) {
  for (const std::string name : {"", ":", "x:y", "xxxxxxxx"}) {
    Forgery forged = insider();
    forged.username = name;
    EXPECT_EQ(receive(stranger, forged.bytes()).input, Input::dropped) << name;
  }
  Forgery endless = insider();
  endless.username += std::string(600, 'x');
  EXPECT_EQ(receive(stranger, endless.bytes()).input, Input::dropped);

  EXPECT_TRUE(answers().empty());
  EXPECT_EQ(alice().stats().dropped_unauthenticated, 5U);
}

TEST_F(HostileInputTest, AnswersWithLessThanItWasAsked) {
  const Bytes request = insider().bytes();

  EXPECT_EQ(receive(bob_host, request).input, Input::consumed);

  const DatagramBatch batch = answers();
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_LT(batch.byte_count(), request.size());
}

TEST_F(HostileInputTest, RefusesAnUnknownRequiredAttribute) {
  Forgery request = insider();
  request.extra = StunAttribute{0x7abc};

  EXPECT_EQ(receive(bob_host, request.bytes()).input, Input::consumed);

  const DatagramBatch batch = answers();
  ASSERT_EQ(batch.size(), 1U);
  const auto answer = decode_stun(batch.payload(batch.datagrams()[0]));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error_code()->code, 420);
  EXPECT_EQ(answer->find(StunAttribute::unknown_attributes)->size(), 2U);
}

TEST_F(HostileInputTest, DropsARequestWithoutPriority) {
  Forgery request = insider();
  request.priority.reset();

  EXPECT_EQ(receive(bob_host, request.bytes()).input, Input::dropped);
  EXPECT_EQ(alice().stats().dropped_malformed, 1U);
}

TEST_F(HostileInputTest, TakesDataOnlyFromWhereItWasChecked) {
  EXPECT_EQ(receive(stranger, as_bytes("hello")).input, Input::dropped);
  EXPECT_EQ(alice().receive({stranger, bob_host}, as_bytes("hello"), network_.now()).input,
            Input::dropped);
  EXPECT_EQ(receive(bob_host, as_bytes("hello")).input, Input::application);

  EXPECT_EQ(alice().stats().dropped_unknown_source, 2U);
}

TEST_F(HostileInputTest, AnAnswerToNoQuestionMeansNothing) {
  std::array<std::uint8_t, 128> buffer{};
  const std::size_t size = write_answer(TransactionId{9}, alice_host,
                                        network_.bob.agent.local_credentials().password, buffer);

  EXPECT_EQ(receive(bob_host, BytesView(buffer).first(size)).input, Input::dropped);
  EXPECT_EQ(alice().stats().dropped_unexpected, 1U);
}

TEST_F(HostileInputTest, SurvivesThousandsOfPathsFromAnInsider) {
  Forgery request = insider();
  request.priority = 0x7fffffff;
  const Bytes bytes = request.bytes();
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    const auto port = static_cast<std::uint16_t>(1'000 + i);
    receive({stranger.ip, port}, bytes);
    (void)answers();
  }
  network_.run(30s);

  EXPECT_GT(alice().stats().pairs_ignored, 4'000U);
  // A check for each pair, sent again with its bound, and not more.
  EXPECT_LT(alice().stats().checks_sent, 400U);
  EXPECT_LT(alice().stats().retransmissions, 2'000U);
  EXPECT_TRUE(carries_data(network_));
}

TEST_F(HostileInputTest, BoundsWhatWaitsForTheCaller) {
  const Bytes bytes = insider().bytes();
  for (int i = 0; i < 1'000; ++i) receive(bob_host, bytes);

  EXPECT_LE(answers().size(), AgentOptions().waiting_datagrams_max);
  EXPECT_GT(alice().stats().dropped_overflow, 700U);
}

TEST(HostileCandidatesTest, BoundsAndFiltersRemoteCandidates) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.introduce();
  Candidate candidate{.foundation = "1", .priority = 1, .address = bob_host};
  const auto add = [&](const Candidate& one) {
    const auto before = network.alice.agent.stats().candidates_ignored;
    network.alice.agent.add_remote_candidate(one, network.now());
    return network.alice.agent.stats().candidates_ignored == before;
  };
  Candidate named = candidate;
  named.host_name = "a1b2.local";
  Candidate tcp = candidate;
  tcp.transport = Transport::tcp;
  Candidate other_component = candidate;
  other_component.component = 2;
  Candidate older = candidate;
  older.ufrag = "older";
  Candidate nowhere = candidate;
  nowhere.address = {};

  for (const Candidate& useless : {named, tcp, other_component, older, nowhere}) {
    EXPECT_FALSE(add(useless)) << to_text(useless);
  }
  EXPECT_TRUE(add(candidate));
  EXPECT_FALSE(add(candidate));
  for (std::uint16_t i = 1; i < 5'000; ++i) {
    candidate.address.port = i;
    add(candidate);
  }

  EXPECT_EQ(network.alice.agent.stats().candidates_ignored, 5U + 1U + 4'999U - 63U);
  EXPECT_EQ(network.alice.agent.stats().pairs_ignored, 0U);
}

TEST(HostileCheckTest, ACheckBeforeTheDescriptionMayOutliveItsAddress) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  Agent& alice = network.alice.agent;
  const Credentials ours = alice.local_credentials();
  const Credentials theirs = network.bob.agent.local_credentials();
  const Forgery check{.username = ours.ufrag + ':' + theirs.ufrag, .password = ours.password};
  ASSERT_EQ(alice.receive({alice_host, bob_host}, check.bytes(), network.now()).input,
            Input::consumed);

  alice.remove_local_address(alice_host, network.now());
  alice.set_remote(theirs, false, network.now());
  network.run(1s);

  EXPECT_EQ(alice.stats().checks_received, 1U);
  EXPECT_EQ(alice.stats().checks_sent, 0U);
}

TEST(HostileAnswerTest, AnAnswerWithoutThePasswordMakesNoPath) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  std::size_t answered = 0;
  network.passes = [&](const AddressPair&) { return false; };
  network.introduce_to(network.alice, network.bob);
  network.alice.agent.handle_timeout({network.now().monotonic + 300ms, 0});
  DatagramBatch batch;
  network.alice.agent.transmit(batch, {network.now().monotonic + 300ms, 0});

  for (const auto& datagram : batch.datagrams()) {
    const auto check = decode_stun(batch.payload(datagram));
    CheckBuffer buffer;
    const std::size_t size =
        write_answer(check->transaction(), alice_host, "a password that is wrong", buffer.bytes);
    network.alice.agent.receive(datagram.path, buffer.first(size), network.now());
    ++answered;
  }

  EXPECT_GE(answered, 1U);
  EXPECT_EQ(network.alice.agent.stats().dropped_unauthenticated, answered);
  EXPECT_FALSE(network.alice.agent.can_send());
}

TEST(HostileAnswerTest, AnAnswerFromElsewhereMakesNoPath) {
  TestNetwork network;
  network.add_address(network.alice, alice_host);
  network.add_address(network.bob, bob_host);
  // What Bob sends comes from another port than he is asked at.
  network.passes = [](const AddressPair& path) { return path.local != bob_host; };
  network.introduce_to(network.alice, network.bob);
  DatagramBatch batch;
  network.run(5ms);
  ASSERT_FALSE(network.alice.agent.can_send());
  network.bob.agent.set_remote(network.alice.agent.local_credentials(), false, network.now());

  // A check of Alice's, answered by Bob, delivered as if from the stranger.
  network.alice.agent.handle_timeout({network.now().monotonic + 300ms, 0});
  network.alice.agent.transmit(batch, {network.now().monotonic + 300ms, 0});
  ASSERT_FALSE(batch.empty());
  const Bytes check(batch.payload(batch.datagrams()[0]).begin(),
                    batch.payload(batch.datagrams()[0]).end());
  network.bob.agent.receive({bob_host, alice_host}, check, network.now());
  DatagramBatch answer;
  network.bob.agent.transmit(answer, network.now());
  ASSERT_FALSE(answer.empty());
  for (const auto& datagram : answer.datagrams()) {
    const auto message = decode_stun(answer.payload(datagram));
    if (message->message_class() != StunClass::success) continue;
    network.alice.agent.receive({alice_host, stranger}, answer.payload(datagram), network.now());
  }

  EXPECT_EQ(network.alice.agent.stats().answers_received, 1U);
  EXPECT_FALSE(network.alice.agent.can_send());
}

}  // namespace
}  // namespace pigeon::ice
