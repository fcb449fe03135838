#include "net/segment_run.hpp"

#include <initializer_list>

#include <gtest/gtest.h>

namespace pigeon::net {
namespace {

constexpr AddressPair to_alice{{IpAddress::loopback_v4(), 1}, {IpAddress::loopback_v4(), 2}};
constexpr AddressPair to_bob{{IpAddress::loopback_v4(), 1}, {IpAddress::loopback_v4(), 3}};

void add(DatagramBatch& batch, const AddressPair& path, std::size_t size, std::size_t count = 1) {
  for (std::size_t i = 0; i < count; ++i) {
    batch.reserve(size);
    batch.commit(path, size);
  }
}

DatagramBatch batch_of(std::initializer_list<std::size_t> sizes) {
  DatagramBatch batch;
  for (const std::size_t size : sizes) add(batch, to_alice, size);
  return batch;
}

TEST(SegmentRunTest, TakesDatagramsOfOneSize) {
  EXPECT_EQ(segment_run(batch_of({100}).datagrams()), 1U);
  EXPECT_EQ(segment_run(batch_of({100, 100, 100}).datagrams()), 3U);
}

TEST(SegmentRunTest, EndsWithTheFirstShorterOne) {
  EXPECT_EQ(segment_run(batch_of({100, 100, 99, 99}).datagrams()), 3U);
  EXPECT_EQ(segment_run(batch_of({100, 1, 100}).datagrams()), 2U);
}

TEST(SegmentRunTest, EndsBeforeALongerOne) {
  EXPECT_EQ(segment_run(batch_of({100, 100, 101}).datagrams()), 2U);
}

TEST(SegmentRunTest, EndsBeforeAnotherPath) {
  DatagramBatch batch;
  add(batch, to_alice, 100, 2);
  add(batch, to_bob, 100);

  EXPECT_EQ(segment_run(batch.datagrams()), 2U);
}

TEST(SegmentRunTest, IsBoundedInCount) {
  DatagramBatch batch;
  add(batch, to_alice, 10, segment_count_max + 1);

  EXPECT_EQ(segment_run(batch.datagrams()), segment_count_max);
}

TEST(SegmentRunTest, IsBoundedInBytes) {
  DatagramBatch batch;
  add(batch, to_alice, segmented_size_max / 2, 3);
  EXPECT_EQ(segment_run(batch.datagrams()), 2U);

  batch.clear();
  add(batch, to_alice, segmented_size_max / 2 + 1, 3);
  EXPECT_EQ(segment_run(batch.datagrams()), 1U);
}

}  // namespace
}  // namespace pigeon::net
