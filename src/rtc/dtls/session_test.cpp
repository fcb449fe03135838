#include "rtc/dtls/session.hpp"

#include <deque>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon::dtls {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Now at(Duration since_start) { return {Instant(since_start), 1'700'000'000'000}; }

const Certificate& alice() {
  static const Certificate certificate = Certificate::generate(at(0s));
  return certificate;
}
const Certificate& bob() {
  static const Certificate certificate = Certificate::generate(at(0s));
  return certificate;
}

Fingerprint wrong_fingerprint() {
  Fingerprint fingerprint = alice().fingerprint();
  fingerprint.digest[0] ^= 1U;
  return fingerprint;
}

/// A session and what has come out of it.
struct End {
  Session session;
  std::vector<std::string> received;

  void deliver(BytesView datagram, Now now) {
    Bytes scratch(20'000);
    session.receive(datagram);
    while (const auto text = session.read(scratch, now)) received.emplace_back(as_text(*text));
  }

  Bytes sealed(std::string_view text) {
    Bytes record(text.size() + record_overhead);
    record.resize(session.seal(as_bytes(text), record));
    return record;
  }
};

/// Two sessions and a network that asks `drops` about every datagram, counted from 0.
struct Pair {
  explicit Pair(Fingerprint expected_by_client = bob().fingerprint(),
                Fingerprint expected_by_server = alice().fingerprint())
      : client{Session(alice(), Role::client, {std::move(expected_by_client)}, {}, at(0s)), {}},
        server{Session(bob(), Role::server, {std::move(expected_by_server)}, {}, at(0s)), {}} {}

  bool carry(End& from, End& to) {
    const auto datagrams = from.session.take_datagrams();
    for (const Bytes& datagram : datagrams) {
      EXPECT_LE(datagram.size(), 1'200U);
      if (!drops(count++)) to.deliver(datagram, at(time));
    }
    return !datagrams.empty();
  }

  void settle() {
    while (carry(client, server) || carry(server, client)) {
    }
  }

  /// Carries datagrams and lets time pass until both ends have no timeout left.
  void run(Duration limit = 60s) {
    settle();
    while (time < limit) {
      const Instant next = std::min(client.session.next_timeout(), server.session.next_timeout());
      if (next == Instant::max()) return;
      time = std::max(time, next.time_since_epoch());
      client.session.handle_timeout(at(time));
      server.session.handle_timeout(at(time));
      settle();
    }
  }

  End client;
  End server;
  std::function<bool(int)> drops = [](int) { return false; };
  int count = 0;
  Duration time = 0s;
};

TEST(DtlsSessionTest, ConnectsAndCarriesDataBothWays) {
  Pair pair;

  pair.settle();

  ASSERT_EQ(pair.client.session.state(), Session::State::connected);
  ASSERT_EQ(pair.server.session.state(), Session::State::connected);
  pair.server.deliver(pair.client.sealed("hello"), at(0s));
  pair.client.deliver(pair.server.sealed("and back"), at(0s));
  EXPECT_THAT(pair.server.received, ElementsAre("hello"));
  EXPECT_THAT(pair.client.received, ElementsAre("and back"));
}

TEST(DtlsSessionTest, ReadsSeveralRecordsInOneDatagram) {
  Pair pair;
  pair.settle();

  Bytes datagram = pair.client.sealed("one");
  const Bytes second = pair.client.sealed("two");
  datagram.insert(datagram.end(), second.begin(), second.end());
  pair.server.deliver(datagram, at(0s));

  EXPECT_THAT(pair.server.received, ElementsAre("one", "two"));
}

TEST(DtlsSessionTest, BothEndsHaveTheSameKeysForSrtp) {
  Pair pair;
  pair.settle();

  EXPECT_EQ(pair.client.session.srtp_profile(), 7);
  EXPECT_EQ(pair.client.session.srtp_secret().size(), 56U);
  EXPECT_EQ(pair.client.session.srtp_secret(), pair.server.session.srtp_secret());
}

TEST(DtlsSessionTest, SurvivesTheLossOfAnyDatagram) {
  for (int lost = 0; lost < 12; ++lost) {
    Pair pair;
    pair.drops = [lost](int number) { return number == lost; };

    pair.run();
    // The client's data tells the server that its last flight has come.
    pair.server.deliver(pair.client.sealed("hello"), at(pair.time));

    EXPECT_EQ(pair.client.session.state(), Session::State::connected) << lost;
    EXPECT_THAT(pair.server.received, ElementsAre("hello")) << lost;
    EXPECT_LT(pair.time, 1s) << lost;
  }
}

TEST(DtlsSessionTest, SurvivesMuchLoss) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Pair pair;
    Random random = Random::from_number(seed);
    pair.drops = [&random](int) { return random.chance(1, 3); };

    pair.run();

    EXPECT_EQ(pair.client.session.state(), Session::State::connected) << seed;
    EXPECT_EQ(pair.server.session.state(), Session::State::connected) << seed;
  }
}

TEST(DtlsSessionTest, KeepsDataThatOvertakesTheLastFlight) {
  Pair pair;

  while (pair.server.session.state() != Session::State::connected) {
    pair.carry(pair.client, pair.server);
    if (pair.server.session.state() != Session::State::connected) {
      pair.carry(pair.server, pair.client);
    }
  }

  pair.client.deliver(pair.server.sealed("early"), at(0s));
  EXPECT_THAT(pair.client.received, IsEmpty());
  pair.settle();

  EXPECT_THAT(pair.client.received, ElementsAre("early"));
}

TEST(DtlsSessionTest, RefusesACertificateThatWasNotAnnounced) {
  Pair wrong_server(wrong_fingerprint(), alice().fingerprint());
  wrong_server.run();
  EXPECT_EQ(wrong_server.client.session.state(), Session::State::failed);
  EXPECT_THAT(wrong_server.client.session.reason(), HasSubstr("not the one"));
  EXPECT_EQ(wrong_server.server.session.state(), Session::State::failed);

  Pair wrong_client(bob().fingerprint(), wrong_fingerprint());
  wrong_client.run();
  EXPECT_EQ(wrong_client.server.session.state(), Session::State::failed);
  EXPECT_THAT(wrong_client.server.session.reason(), HasSubstr("not the one"));
}

TEST(DtlsSessionTest, RefusesAFingerprintThatCannotBeChecked) {
  Fingerprint weak{"sha-1", Bytes(20)};
  Pair pair(weak, alice().fingerprint());

  pair.run();

  EXPECT_EQ(pair.client.session.state(), Session::State::failed);
}

TEST(DtlsSessionTest, ChecksLongerFingerprintsToo) {
  // What Certificate shows is SHA-256; another algorithm is computed when the peer announces it.
  Pair pair;
  pair.settle();
  EXPECT_EQ(fingerprint_of(as_bytes("abc"), "sha-512")->digest.size(), 64U);
  EXPECT_EQ(fingerprint_of(as_bytes("abc"), "sha-384")->digest.size(), 48U);
  EXPECT_FALSE(fingerprint_of(as_bytes("abc"), "md5"));
}

TEST(DtlsSessionTest, GivesUpWhenTheHandshakeStalls) {
  // Each stage: everything from a certain datagram on is lost.
  for (int last = 0; last < 4; ++last) {
    Pair pair;
    pair.drops = [last](int number) { return number >= last; };

    pair.run();

    EXPECT_EQ(pair.client.session.state(), Session::State::failed) << last;
    EXPECT_FALSE(pair.client.session.reason().empty());
    EXPECT_LE(pair.time, 31s) << last;
  }
}

TEST(DtlsSessionTest, HoldsABoundedNumberOfDatagramsThatNobodyTakes) {
  Handshake client(alice(), Role::client, {bob().fingerprint()}, 1'200);
  End server{Session(bob(), Role::server, {alice().fingerprint()}, {}, at(0s)), {}};
  client.start();
  while (client.status() == Handshake::Status::running) {
    for (const Bytes& datagram : client.take_datagrams()) server.deliver(datagram, at(0s));
    for (const Bytes& datagram : server.session.take_datagrams()) {
      for (BytesView rest = datagram; const auto record = take_record(rest);) {
        client.receive(record->whole);
      }
    }
  }
  ASSERT_EQ(client.status(), Handshake::Status::done);

  // A client that sends its last message again and again makes the server repeat its own.
  const Secrets secrets = client.secrets();
  RecordSealer sealer(secrets.aead, secrets.client, 1, 1'000);
  Bytes finished(24);
  finished[0] = 20;
  finished[3] = finished[11] = 12;
  for (int i = 0; i < 500; ++i) {
    Bytes record(finished.size() + record_overhead);
    record.resize(sealer.seal(ContentType::handshake, finished, record));
    server.deliver(record, at(0s));
  }

  const std::size_t held = server.session.take_datagrams().size();
  EXPECT_GT(held, 10U);
  EXPECT_LE(held, 64U);
}

TEST(DtlsSessionTest, SaysGoodbye) {
  Pair pair;
  pair.settle();

  pair.client.session.close();
  pair.settle();

  EXPECT_EQ(pair.server.session.state(), Session::State::closed);
  EXPECT_EQ(pair.client.session.state(), Session::State::closed);
  EXPECT_THAT(pair.server.sealed("late"), IsEmpty());
}

TEST(DtlsSessionTest, DropsAndCountsRubbish) {
  Pair pair;
  pair.settle();
  const std::uint64_t dropped = pair.server.session.stats().records_dropped;

  pair.server.deliver(Bytes(50, 0xff), at(0s));
  Bytes forged = pair.client.sealed("hello");
  forged.back() ^= 1U;
  pair.server.deliver(forged, at(0s));

  EXPECT_EQ(pair.server.session.stats().records_dropped, dropped + 2);
  EXPECT_THAT(pair.server.received, IsEmpty());
  EXPECT_EQ(pair.server.session.state(), Session::State::connected);
}

}  // namespace
}  // namespace pigeon::dtls
