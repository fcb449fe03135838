#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/broadcast_testing.hpp"

// Streams to everybody over a mesh that shuffles, repeats, loses and forges parts.

namespace pigeon::transfer {
namespace {

/// What one sender sends, in order.
std::vector<SentPart> parts_of(const Bytes& data, std::size_t chunk_size) {
  Caster sender;
  const StreamKey key = sender.open({.total_size = data.size(), .chunk_size = chunk_size});
  std::vector<SentPart> parts;
  const auto publish = [&] {
    for (SentPart& part : sender.publish_all()) parts.push_back(std::move(part));
    sender.pass(1s);
  };
  for (std::size_t at = 0; at < data.size(); at += 4'096) {
    EXPECT_TRUE(sender->write(
        key, BytesView(data).subspan(at).first(std::min<std::size_t>(4'096, data.size() - at))));
    publish();
  }
  EXPECT_TRUE(sender->end(key));
  publish();
  return parts;
}

/// What comes of it: parts may come up to `reach` places late, several times, or never.
std::vector<SentPart> disturb(std::vector<SentPart> parts, std::size_t reach, bool loses,
                              Random& random) {
  std::multimap<std::size_t, SentPart> arrivals;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (loses && random.index(10) == 0) continue;
    const std::size_t copies = 1 + random.index(2);
    for (std::size_t copy = 0; copy < copies; ++copy) {
      arrivals.emplace(i + random.index(reach), parts[i]);
    }
  }
  std::vector<SentPart> arrived;
  for (auto& [at, part] : arrivals) arrived.push_back(std::move(part));
  return arrived;
}

TEST(BroadcastRandomTest, WhatArrivesIsABeginningAndWithoutLossAll) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random = Random::from_number(seed);
    const Bytes data = some_bytes(random.index(400'000), static_cast<std::uint8_t>(seed));
    const bool loses = seed % 2 == 0;
    Caster receiver;
    Bytes received;
    for (const SentPart& part :
         disturb(parts_of(data, 4'096), 1 + random.index(100), loses, random)) {
      receiver.hear(part);
      // The same part with other bytes, by somebody who has no key.
      if (random.index(4) == 0) receiver.hear(chunk_part(random.index(100), {1}), false);
      for (const StreamBytes& effect : receiver.take<StreamBytes>()) {
        if (effect.data != Bytes{1}) {
          received.insert(received.end(), effect.data.begin(), effect.data.end());
        }
      }
    }
    receiver.pass(1min);
    receiver.pass(1min);

    std::size_t of_sender = 0;
    for (const StreamBegan& began : receiver.take<StreamBegan>()) of_sender += began.is_verified;
    EXPECT_LE(of_sender, 1U);
    ASSERT_LE(received.size(), data.size());
    EXPECT_TRUE(std::equal(received.begin(), received.end(), data.begin()));
    const auto ended = receiver.take<StreamEnded>();
    if (!loses) {
      ASSERT_EQ(ended.size(), 1U);
      EXPECT_EQ(received, data);
    }
    for (const StreamEnded& end : ended) EXPECT_EQ(end.total_bytes, received.size());
    EXPECT_EQ(receiver->next_timeout(), Instant::max()) << "nothing stays behind";
  }
}

}  // namespace
}  // namespace pigeon::transfer
