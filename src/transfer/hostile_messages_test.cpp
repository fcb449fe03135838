#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transfer/transfer_testing.hpp"

namespace pigeon::transfer {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Now now{.monotonic = Instant(1h), .wall_ms = 1'700'000'000'000};
constexpr std::size_t stream_size = 5'000;

/// What a side sends for a message and two streams, one of them of this project.
std::vector<Side::Frame> recorded() {
  Pair pair;
  EXPECT_TRUE(pair.a->send_binary(bob, some_bytes(3)));
  std::vector<Side::Frame> frames = pair.a.take_sent();
  const auto append = [&] {
    for (auto& frame : pair.a.take_sent()) {
      const auto* text = std::get_if<std::string>(&frame);
      EXPECT_TRUE(text != nullptr ? pair.b.hear(*text, now) : pair.b.hear(std::get<Bytes>(frame)));
      frames.push_back(std::move(frame));
    }
    for (const std::string& answer : pair.b.take_texts()) EXPECT_TRUE(pair.a.hear(answer, now));
  };
  for (const std::string token : {"", "t"}) {
    const auto key = pair.a->open(bob,
                                  {.type = "file",
                                   .filename = "f",
                                   .total_size = stream_size,
                                   .chunk_size = 4'096,
                                   .resume_token = token},
                                  true, now);
    append();
    EXPECT_TRUE(pair.a->write(*key, some_bytes(stream_size)));
    EXPECT_TRUE(pair.a->end(*key));
    append();
  }
  return frames;
}

/// Hears all frames with one text replaced; whatever it is, the receiver keeps to its rules, and
/// the next stream is well.
void hear_with(const std::vector<Side::Frame>& frames, std::size_t at, const std::string& text) {
  Side side(bob, alice, {}, 7);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto* own = std::get_if<std::string>(&frames[i]);
    if (own == nullptr) {
      side.hear(std::get<Bytes>(frames[i]));
    } else {
      side.hear(i == at ? text : *own, now);
    }
  }
  const std::size_t began = side.take<StreamBegan>().size();
  std::size_t over = side.take<StreamBroken>().size();
  for (const StreamEnded& ended : side.take<StreamEnded>()) {
    ++over;
    EXPECT_LE(ended.total_bytes, stream_size) << text;
  }
  EXPECT_LE(over, began) << text;
  std::size_t bytes = 0;
  for (const StreamBytes& chunk : side.take<StreamBytes>()) bytes += chunk.data.size();
  EXPECT_LE(bytes, 2 * stream_size) << text;
}

void for_each_text(const std::function<void(const std::vector<Side::Frame>&, std::size_t,
                                            const std::string&)>& check) {
  const auto frames = recorded();
  ASSERT_THAT(frames, SizeIs(14));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(&frames[i])) check(frames, i, *text);
  }
}

TEST(HostileMessagesTest, EveryTruncationIsDropped) {
  for_each_text([](const auto& frames, std::size_t at, const std::string& text) {
    for (std::size_t length = 0; length < text.size(); ++length) {
      hear_with(frames, at, text.substr(0, length));
    }
  });
}

TEST(HostileMessagesTest, EveryByteMayBeAnother) {
  for_each_text([](const auto& frames, std::size_t at, const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const char other : {'0', '9', '-', '"', ',', '}', ' ', '\xff', '\0'}) {
        std::string mutated = text;
        mutated[i] = other;
        hear_with(frames, at, mutated);
      }
    }
  });
}

TEST(HostileMessagesTest, EveryNumberMayBeAbsurd) {
  for_each_text([](const auto& frames, std::size_t at, const std::string& text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i - 1] != ':' || text[i] < '0' || text[i] > '9') continue;
      const std::size_t end = text.find_first_not_of("0123456789", i);
      for (const std::string number : {"0", "1", "-1", "1e300", "0.5", "9007199254740992",
                                       "18446744073709551616", "null", "true", "[]", "\"4\""}) {
        hear_with(frames, at, text.substr(0, i) + number + text.substr(end));
      }
    }
  });
}

TEST(HostileMessagesTest, EveryMessageMayComeTwiceOrNever) {
  const auto frames = recorded();
  for (std::size_t at = 0; at < frames.size(); ++at) {
    for (const bool is_twice : {true, false}) {
      auto changed = frames;
      const auto place = changed.begin() + static_cast<std::ptrdiff_t>(at);
      if (is_twice) {
        changed.insert(place, frames[at]);
      } else {
        changed.erase(place);
      }
      hear_with(changed, changed.size(), "");
    }
  }
}

TEST(HostileMessagesTest, AnyTwoNeighborsMessagesMayChangePlaces) {
  const auto frames = recorded();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::size_t k = i + 1; k < frames.size(); ++k) {
      auto changed = frames;
      std::swap(changed[i], changed[k]);
      hear_with(changed, changed.size(), "");
    }
  }
}

TEST(HostileMessagesTest, ANeighborDoesNoHarmToTheStreamsOfOthers) {
  Side side(bob, alice, {}, 7);
  const PeerId carol = test_peer(0xcc);
  side->link_opened(carol);
  ASSERT_TRUE(side->receive(alice, wire::StreamInit{.stream = "s"}, now));
  side.take_events();

  EXPECT_FALSE(side->receive(carol, wire::StreamEnd{.stream = "s"}));
  EXPECT_FALSE(side->receive(carol, wire::StreamAbort{.stream = "s"}, now));
  EXPECT_FALSE(
      side->receive(carol, wire::StreamChunk{.stream = "s", .size = 1, .is_binary = true}));
  EXPECT_TRUE(side->receive_binary(carol, Bytes{1}));
  side->link_closed(carol, now);

  EXPECT_THAT(side.take_events(), IsEmpty());
  EXPECT_TRUE(side->receive(alice, wire::StreamEnd{.stream = "s"}));
}

}  // namespace
}  // namespace pigeon::transfer
