#include "net/websocket/handshake.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace pigeon::net::websocket {
namespace {

using enum HandshakeError;

// RFC 6455 section 1.3.
constexpr std::string_view rfc_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view rfc_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

UpgradeRequest good_request() {
  return {.method = "GET",
          .http_version = 11,
          .upgrade = "websocket",
          .connection = "Upgrade",
          .key = rfc_key,
          .version = "13"};
}

UpgradeResponse good_response() {
  return {.status = 101,
          .upgrade = "websocket",
          .connection = "Upgrade",
          .accept = rfc_accept,
          .extensions = {},
          .protocol = {}};
}

TEST(HandshakeTest, ComputesTheAcceptValueOfTheRfc) {
  EXPECT_EQ(accept_value(rfc_key), rfc_accept);
}

TEST(HandshakeTest, AcceptsAGoodRequest) {
  const auto accept = check_request(good_request());

  ASSERT_TRUE(accept);
  EXPECT_EQ(*accept, rfc_accept);
}

TEST(HandshakeTest, WritesTheSwitchingResponse) {
  EXPECT_EQ(encode_response(rfc_accept),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST(HandshakeTest, ReadsTokensInListsAndInAnyCase) {
  for (const std::string_view connection :
       {"upgrade", "UPGRADE", "keep-alive, Upgrade", "keep-alive,Upgrade", "Upgrade , x",
        "\tUpgrade\t", ",,Upgrade", "keep-alive, \t upgrade,"}) {
    UpgradeRequest request = good_request();
    request.connection = connection;
    EXPECT_TRUE(check_request(request)) << connection;
  }
  for (const std::string_view upgrade : {"WebSocket", "WEBSOCKET", "h2c, websocket"}) {
    UpgradeRequest request = good_request();
    request.upgrade = upgrade;
    EXPECT_TRUE(check_request(request)) << upgrade;
    EXPECT_TRUE(wants_websocket(upgrade)) << upgrade;
  }
}

void expect_refused(const UpgradeRequest& request, HandshakeError error, unsigned status) {
  const auto accept = check_request(request);
  ASSERT_FALSE(accept);
  EXPECT_EQ(accept.error(), error) << to_string(accept.error());
  EXPECT_EQ(http_status(accept.error()), status);
}

TEST(HandshakeTest, RefusesOtherMethodsAndOldHttp) {
  for (const std::string_view method : {"POST", "get", "", "GETT"}) {
    UpgradeRequest request = good_request();
    request.method = method;
    expect_refused(request, method_not_get, 400);
  }
  UpgradeRequest request = good_request();
  request.http_version = 10;
  expect_refused(request, http_version_too_old, 400);
}

TEST(HandshakeTest, RefusesWithoutTheUpgradeTokens) {
  for (const std::string_view upgrade : {"", "h2c", "websockets", "web socket", "websocket/13"}) {
    UpgradeRequest request = good_request();
    request.upgrade = upgrade;
    expect_refused(request, upgrade_missing, 400);
    EXPECT_FALSE(wants_websocket(upgrade));
  }
  for (const std::string_view connection :
       {"", "keep-alive", "Upgraded", "Upgrade x", ",", " , "}) {
    UpgradeRequest request = good_request();
    request.connection = connection;
    expect_refused(request, connection_upgrade_missing, 400);
  }
}

TEST(HandshakeTest, RefusesKeysThatAreNot16BytesInBase64) {
  const std::string twice = std::string(rfc_key) + ", " + std::string(rfc_key);
  for (const std::string_view key :
       {std::string_view{}, std::string_view{"dGhlIHNhbXBsZSBub25jZQ="},
        std::string_view{"dGhlIHNhbXBsZSBub25jZQ"}, std::string_view{"dGhlIHNhbXBsZSBub25jZQAA"},
        std::string_view{"dGhlIHNhbXBsZSBub25jZQA="}, std::string_view{"dGhlIHNhbXBsZSBub25jZQ=A"},
        std::string_view{"dGhlIHNhbXBsZSBub25jZ==="}, std::string_view{"dGhlIHNhbXBsZSBub25j Q=="},
        std::string_view{"dGhlIHNhbXBsZSBub25j-Q=="}, std::string_view{"====================Q==="},
        std::string_view{twice}}) {
    UpgradeRequest request = good_request();
    request.key = key;
    expect_refused(request, key_invalid, 400);
  }
}

TEST(HandshakeTest, AsksForVersion13WhenAnotherIsOffered) {
  for (const std::string_view version : {"8", "0", "12", "14", "013", "13, 13", "thirteen"}) {
    UpgradeRequest request = good_request();
    request.version = version;
    expect_refused(request, version_unsupported, 426);
  }
  UpgradeRequest request = good_request();
  request.version = {};
  expect_refused(request, version_missing, 400);
}

TEST(HandshakeTest, WritesARequestThatTheServerAccepts) {
  const auto request = encode_request("localhost:3000", "/?peerId=ab", rfc_key);

  ASSERT_TRUE(request);
  EXPECT_EQ(*request,
            "GET /?peerId=ab HTTP/1.1\r\nHost: localhost:3000\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
}

TEST(HandshakeTest, WritesNoRequestForWhatWouldBreakOutOfItsLine) {
  for (const std::string_view host : {"", "a b", "a\r\nX: y", "a\n", "\xc3\xa9"}) {
    const auto request = encode_request(host, "/", rfc_key);
    ASSERT_FALSE(request) << host;
    EXPECT_EQ(request.error(), target_invalid);
  }
  for (const std::string_view target :
       {"", "x", "/ HTTP/1.1", "/\r\nX: y", "/#fragment", "/\x7f"}) {
    const auto request = encode_request("localhost", target, rfc_key);
    ASSERT_FALSE(request) << target;
    EXPECT_EQ(request.error(), target_invalid);
  }
}

TEST(HandshakeTest, MakesKeysThatAServerAcceptsAndThatDiffer) {
  Random random = Random::from_number(7);
  const std::string first = make_key(random);
  const std::string second = make_key(random);

  EXPECT_NE(first, second);
  UpgradeRequest request = good_request();
  request.key = first;
  const auto accept = check_request(request);
  ASSERT_TRUE(accept);
  UpgradeResponse response = good_response();
  response.accept = *accept;
  EXPECT_TRUE(check_response(response, first));
  EXPECT_FALSE(check_response(response, second));
}

TEST(HandshakeTest, ChecksTheResponse) {
  const auto refused = [](UpgradeResponse response, HandshakeError error) {
    const auto checked = check_response(response, rfc_key);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error(), error) << to_string(checked.error());
  };
  UpgradeResponse response = good_response();
  EXPECT_TRUE(check_response(response, rfc_key));
  response.upgrade = "WebSocket";
  response.connection = "keep-alive, upgrade";
  EXPECT_TRUE(check_response(response, rfc_key));

  (response = good_response()).status = 200;
  refused(response, status_not_switching);
  (response = good_response()).upgrade = "h2c";
  refused(response, upgrade_missing);
  (response = good_response()).connection = "close";
  refused(response, connection_upgrade_missing);
  (response = good_response()).accept = "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  refused(response, accept_wrong);
  (response = good_response()).accept = {};
  refused(response, accept_wrong);
  (response = good_response()).extensions = "permessage-deflate";
  refused(response, extension_not_requested);
  (response = good_response()).protocol = "chat";
  refused(response, protocol_not_requested);
}

TEST(HandshakeTest, HasASentenceForEveryError) {
  for (int error = 0; error <= static_cast<int>(protocol_not_requested); ++error) {
    EXPECT_NE(to_string(static_cast<HandshakeError>(error)), "Unknown error") << error;
  }
}

}  // namespace
}  // namespace pigeon::net::websocket
