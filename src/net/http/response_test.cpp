#include "net/http/response.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pigeon::net::http {
namespace {

TEST(ResponseTest, EncodesAHead) {
  const std::vector<Field> fields = {{"Content-Type", "text/plain"}};

  EXPECT_EQ(encode_head(200, fields, 12, Afterwards::keep_alive, "today"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: today\r\nContent-Length: 12\r\n"
            "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n");
  EXPECT_EQ(
      encode_head(404, {}, 0, Afterwards::close, "today"),
      "HTTP/1.1 404 Not Found\r\nDate: today\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(ResponseTest, GivesNoLengthWhereThereIsNoBody) {
  for (const unsigned status : {204U, 304U}) {
    EXPECT_FALSE(has_body(status));
    EXPECT_EQ(encode_head(status, {}, 0, Afterwards::close, "x").find("Content-Length"),
              std::string::npos);
  }
  EXPECT_TRUE(has_body(500));
}

TEST(ResponseTest, LetsNoValueBeginALineOfItsOwn) {
  const std::vector<Field> fields = {{"X", "a\r\nSet-Cookie: b"}};

  const std::string head = encode_head(200, fields, 0, Afterwards::close, "x");

  EXPECT_NE(head.find("X: a  Set-Cookie: b\r\n"), std::string::npos);
}

TEST(ResponseTest, FormatsDates) {
  EXPECT_EQ(format_date(784'111'777'000), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_date(784'111'777'999), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(format_date(1'709'164'800'000), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace pigeon::net::http
