#include "net/send_queue.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace pigeon::net {
namespace {

/// What would be written next if everything fitted.
std::string content(const SendQueue& queue, std::size_t pieces_max = 64) {
  std::array<iovec, 64> pieces{};
  const std::size_t count = queue.gather({pieces.data(), pieces_max});
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return text;
}

std::string copied(const SendQueue& queue, std::size_t size) {
  Bytes out(size);
  return std::string(as_text(BytesView(out).first(queue.copy(out))));
}

SendQueue three_units() {
  SendQueue queue;
  queue.push(as_bytes("h1"), "first");
  queue.push("second");
  queue.push(as_bytes("h3"), "third");
  return queue;
}

TEST(SendQueueTest, GivesHeadersAndPayloadsInOrder) {
  const SendQueue queue = three_units();

  EXPECT_EQ(content(queue), "h1firstsecondh3third");
  EXPECT_EQ(queue.bytes(), 20U);
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(content(queue, 3), "h1firstsecond");
  EXPECT_EQ(copied(queue, 9), "h1firstse");
  EXPECT_EQ(copied(queue, 100), "h1firstsecondh3third");
}

TEST(SendQueueTest, GoesOnWhereWritingStopped) {
  const std::string whole = content(three_units());
  for (std::size_t first = 0; first <= whole.size(); ++first) {
    for (std::size_t second = 0; first + second <= whole.size(); ++second) {
      SendQueue queue = three_units();

      queue.consume(first);
      queue.consume(second);

      EXPECT_EQ(content(queue), whole.substr(first + second));
      EXPECT_EQ(copied(queue, 100), whole.substr(first + second));
      EXPECT_EQ(queue.bytes(), whole.size() - first - second);
      EXPECT_EQ(queue.empty(), first + second == whole.size());
    }
  }
}

TEST(SendQueueTest, TakesMoreWhileItIsBeingWritten) {
  SendQueue queue = three_units();
  queue.consume(10);

  queue.push("fourth");

  EXPECT_EQ(content(queue), "ondh3thirdfourth");
}

TEST(SendQueueTest, DropsWhatHasNotBeenBegun) {
  SendQueue fresh = three_units();
  fresh.drop_unsent(0);
  EXPECT_TRUE(fresh.empty());
  EXPECT_EQ(fresh.bytes(), 0U);

  SendQueue begun = three_units();
  begun.consume(9);
  begun.drop_unsent(0);
  begun.push("close");
  EXPECT_EQ(content(begun), "condclose");
  EXPECT_EQ(begun.bytes(), 9U);
}

TEST(SendQueueTest, KeepsWhatIsCommitted) {
  SendQueue queue = three_units();
  queue.consume(3);

  queue.drop_unsent(5);

  EXPECT_EQ(content(queue), "irstsecond");
}

TEST(SendQueueTest, IgnoresEmptyUnits) {
  SendQueue queue;
  queue.push("");

  EXPECT_TRUE(queue.empty());
}

TEST(SendQueueTest, CostsMoreThanItsBytes) {
  const SendQueue queue = three_units();

  EXPECT_GT(queue.cost(), queue.bytes());
  EXPECT_EQ(SendQueue().cost(), 0U);
}

}  // namespace
}  // namespace pigeon::net
