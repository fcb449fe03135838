#include "bindings/c/event.hpp"

#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bindings/c/stream_info.hpp"

namespace pigeon::c {
namespace {

using ::testing::HasSubstr;

const std::string alice_text = "00000000000000000000000000000000000000aa";
const PeerId alice = *PeerId::parse(alice_text);
const std::string message_text = "000000000000000000000000000000ff";
const MessageId message_id = *MessageId::parse(message_text);

using Look = std::function<void(const pigeon_event&)>;

/// Shows the C form of an event to `look`, once.
void view(const NodeEvent& event, const Look& look) {
  int count = 0;
  Look counting = [&](const pigeon_event& seen) {
    ++count;
    look(seen);
  };
  tell(
      event,
      [](void* user_data, const pigeon_event* seen) { (*static_cast<Look*>(user_data))(*seen); },
      &counting);
  EXPECT_EQ(count, 1);
}

TEST(CEventTest, TellsTheStateOfAHub) {
  view(HubStatusChanged{"ws://a", HubStatusChanged::State::disconnected, "gone", 250},
       [](const pigeon_event& event) {
         EXPECT_EQ(event.type, PIGEON_EVENT_HUB_STATUS);
         EXPECT_STREQ(event.hub_status.url, "ws://a");
         EXPECT_EQ(event.hub_status.state, PIGEON_HUB_DISCONNECTED);
         EXPECT_STREQ(event.hub_status.reason, "gone");
         EXPECT_EQ(event.hub_status.retry_in_ms, 250);
       });
  view(HubStatusChanged{.state = HubStatusChanged::State::connected},
       [](const auto& event) { EXPECT_EQ(event.hub_status.state, PIGEON_HUB_CONNECTED); });
  view(HubStatusChanged{.state = HubStatusChanged::State::connecting},
       [](const auto& event) { EXPECT_EQ(event.hub_status.state, PIGEON_HUB_CONNECTING); });
}

void expect_peer(const NodeEvent& event, pigeon_event_type type, const std::string& reason,
                 const std::string& key, bool by_peer) {
  view(event, [&](const pigeon_event& seen) {
    EXPECT_EQ(seen.type, type);
    EXPECT_EQ(seen.peer.peer, alice_text);
    EXPECT_EQ(seen.peer.reason, reason);
    EXPECT_EQ(seen.peer.public_key, key);
    EXPECT_EQ(seen.peer.initiated_by_peer, by_peer);
  });
}

TEST(CEventTest, TellsAboutPeers) {
  expect_peer(PeerDiscovered{alice}, PIGEON_EVENT_PEER_DISCOVERED, "", "", false);
  expect_peer(PeerConnected{alice}, PIGEON_EVENT_PEER_CONNECTED, "", "", false);
  expect_peer(PeerDisconnected{alice, "why"}, PIGEON_EVENT_PEER_DISCONNECTED, "why", "", false);
  expect_peer(PeerEvicted{alice, "room", true}, PIGEON_EVENT_PEER_EVICTED, "room", "", true);
  expect_peer(PeerVerified{alice}, PIGEON_EVENT_PEER_VERIFIED, "", "", false);
  expect_peer(PeerKeyAdded{alice, "key"}, PIGEON_EVENT_PEER_KEY_ADDED, "", "key", false);
  expect_peer(ConnectFailed{alice, "why"}, PIGEON_EVENT_CONNECT_FAILED, "why", "", false);
}

TEST(CEventTest, TellsAMessageWithZeroBytes) {
  const std::string text("a\0b", 3);
  view(MessageReceived{.from = alice,
                       .id = message_id,
                       .text = text,
                       .json = R"("a\u0000b")",
                       .timestamp = 17,
                       .hops = 2,
                       .direct = true,
                       .encrypted = true,
                       .verified = true,
                       .group = "chess"},
       [&](const pigeon_event& event) {
         EXPECT_EQ(event.type, PIGEON_EVENT_MESSAGE);
         EXPECT_EQ(event.message.from, alice_text);
         EXPECT_EQ(event.message.id, message_text);
         EXPECT_EQ(std::string(event.message.text, event.message.text_size), text);
         EXPECT_STREQ(event.message.json, R"("a\u0000b")");
         EXPECT_EQ(event.message.json_size, 10U);
         EXPECT_EQ(event.message.timestamp, 17);
         EXPECT_EQ(event.message.hops, 2U);
         EXPECT_TRUE(event.message.direct);
         EXPECT_TRUE(event.message.encrypted);
         EXPECT_STREQ(event.message.group, "chess");
         EXPECT_TRUE(event.message.verified);
       });
}

TEST(CEventTest, TellsWhatBecameOfAMessage) {
  view(MessageDelivered{message_id, alice}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_MESSAGE_DELIVERED);
    EXPECT_EQ(event.delivery.id, message_text);
    EXPECT_EQ(event.delivery.to, alice_text);
    EXPECT_STREQ(event.delivery.reason, "");
  });
  view(MessageUndelivered{message_id, alice, "no way"}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_MESSAGE_UNDELIVERED);
    EXPECT_STREQ(event.delivery.reason, "no way");
  });
}

TEST(CEventTest, TellsBinaryMessages) {
  view(BinaryReceived{alice, {1, 2, 3}}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_BINARY);
    EXPECT_EQ(event.binary.from, alice_text);
    ASSERT_EQ(event.binary.size, 3U);
    EXPECT_EQ(event.binary.data[2], 3);
  });
}

TEST(CEventTest, TellsTheBeginningOfAStream) {
  view(StreamReceived{.peer = alice,
                      .stream = StreamId{5},
                      .info = {.type = "file",
                               .filename = "name",
                               .mime_type = "text/plain",
                               .total_size = 9,
                               .chunk_size = 8'192,
                               .resume_token = "token"},
                      .offset = 4,
                      .broadcast = true,
                      .verified = true},
       [](const pigeon_event& event) {
         EXPECT_EQ(event.type, PIGEON_EVENT_STREAM_RECEIVED);
         EXPECT_EQ(event.stream.peer, alice_text);
         EXPECT_EQ(event.stream.stream, 5U);
         EXPECT_EQ(event.stream.offset, 4U);
         EXPECT_TRUE(event.stream.broadcast);
         EXPECT_TRUE(event.stream.verified);
         // What is told can be given back.
         const auto info = read_stream_info(event.stream.info);
         ASSERT_TRUE(info);
         EXPECT_EQ(info->type, "file");
         EXPECT_EQ(info->filename, "name");
         EXPECT_EQ(info->mime_type, "text/plain");
         EXPECT_EQ(info->total_size, 9U);
         EXPECT_EQ(info->chunk_size, 8'192U);
         EXPECT_EQ(info->resume_token, "token");
       });
}

TEST(CEventTest, TellsTheCourseOfAStream) {
  view(StreamData{alice, StreamId{5}, {7, 8}}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_STREAM_DATA);
    EXPECT_EQ(event.stream.info, nullptr);
    EXPECT_FALSE(event.stream.broadcast);
    ASSERT_EQ(event.stream.size, 2U);
    EXPECT_EQ(event.stream.data[1], 8);
    EXPECT_STREQ(event.stream.reason, "");
  });
  view(StreamWritable{alice, StreamId{5}, 100, 50}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_STREAM_WRITABLE);
    EXPECT_EQ(event.stream.data, nullptr);
    EXPECT_EQ(event.stream.size, 100U);
    EXPECT_EQ(event.stream.offset, 50U);
  });
  view(StreamCompleted{alice, StreamId{5}, 150}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_STREAM_COMPLETED);
    EXPECT_EQ(event.stream.total_bytes, 150U);
  });
  view(StreamAborted{alice, StreamId{5}, "enough"}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_STREAM_ABORTED);
    EXPECT_STREQ(event.stream.reason, "enough");
  });
}

TEST(CEventTest, TellsAChangeOfTheNetworkAndWarnings) {
  view(NetworkChanged{"global", true}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_NETWORK_CHANGED);
    EXPECT_STREQ(event.network.network, "global");
    EXPECT_TRUE(event.network.is_fallback);
  });
  view(NodeWarning{"careful"}, [](const pigeon_event& event) {
    EXPECT_EQ(event.type, PIGEON_EVENT_WARNING);
    EXPECT_STREQ(event.warning.message, "careful");
  });
}

TEST(CStreamInfoTest, FillsInDefaults) {
  const pigeon_stream_info empty{.struct_size = sizeof(pigeon_stream_info)};
  for (const pigeon_stream_info* given :
       {static_cast<const pigeon_stream_info*>(nullptr), &empty}) {
    const auto info = read_stream_info(given);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->type, StreamInfo{}.type);
    EXPECT_EQ(info->chunk_size, StreamInfo{}.chunk_size);
    EXPECT_EQ(info->total_size, std::nullopt);
  }
}

TEST(CStreamInfoTest, RefusesAStructWithoutItsSize) {
  const pigeon_stream_info unsized{.type = "file"};
  const auto info = read_stream_info(&unsized);
  ASSERT_FALSE(info);
  EXPECT_THAT(info.error().message, HasSubstr("struct_size"));
}

}  // namespace
}  // namespace pigeon::c
