#include "net/http/response_parser.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace pigeon::net::http {
namespace {

constexpr std::string_view refusal =
    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\n";

TEST(ResponseParserTest, ReadsAHead) {
  ResponseParser parser(1'000);

  const auto used = parser.feed(std::string(refusal) + "body");

  ASSERT_TRUE(used);
  EXPECT_EQ(*used, refusal.size());
  EXPECT_TRUE(parser.is_complete());
  EXPECT_EQ(parser.status(), 429U);
  EXPECT_EQ(parser.reason(), "Too Many Requests");
  EXPECT_EQ(parser.field("retry-after"), "5");
  EXPECT_EQ(parser.field("x-a"), "1, 2");
  EXPECT_EQ(parser.field("absent"), "");
}

TEST(ResponseParserTest, WaitsForEveryTruncation) {
  for (std::size_t size = 0; size < refusal.size(); ++size) {
    ResponseParser parser(1'000);
    const auto used = parser.feed(refusal.substr(0, size));
    ASSERT_TRUE(used) << size;
    EXPECT_FALSE(parser.is_complete()) << size;

    const auto rest = parser.feed(refusal.substr(*used));

    ASSERT_TRUE(rest) << size;
    EXPECT_EQ(*used + *rest, refusal.size()) << size;
    EXPECT_EQ(parser.status(), 429U) << size;
  }
}

TEST(ResponseParserTest, RefusesWhatIsNoResponse) {
  for (const std::string_view input :
       {"SSH-2.0-OpenSSH_9.2\r\n", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 1 x\r\n\r\n",
        "HTTP/1.1 101 x\r\nno colon\r\n\r\n", "\x15\x03\x03 and so on\r\n\r\n"}) {
    ResponseParser parser(1'000);

    const auto used = parser.feed(input);

    ASSERT_FALSE(used) << input;
    EXPECT_EQ(used.error(), ResponseError::bad_syntax) << input;
  }
}

TEST(ResponseParserTest, BoundsTheHeadHoweverItComes) {
  const std::string endless = "HTTP/1.1 101 x\r\nX: " + std::string(2'000, 'x');
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, endless.size()}) {
    ResponseParser parser(1'000);
    std::size_t used = 0;
    std::size_t end = 0;
    bool is_refused = false;
    while (!is_refused && end < endless.size()) {
      end = std::min(end + piece, endless.size());
      const auto taken = parser.feed(std::string_view(endless).substr(used, end - used));
      is_refused = !taken;
      if (taken) used += *taken;
    }

    EXPECT_TRUE(is_refused) << piece;
    EXPECT_LE(end, 1'000 + piece) << piece;
  }
}

}  // namespace
}  // namespace pigeon::net::http
