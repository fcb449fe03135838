#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tests/e2e/hub_test.hpp"
#include "tests/support/crowd.hpp"

namespace pigeon::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// Memory that the hub may hold more than before when a test is over: allocators keep some of what
/// they have got, and sanitizers much.
inline constexpr std::size_t kept_bytes_max = std::size_t{is_sanitized ? 192U : 24U} << 20U;

/// What strangers do to the hub while 100 clients go about their business. Whatever it is, these
/// must lose nothing, the hub must live, and its memory must come back. Strangers come from
/// `stranger`.
class CrowdTest : public HubTest {
 protected:
  static constexpr const char* stranger = "127.0.0.2";

  void start_with_crowd(Flags flags = {}) {
    start(std::move(flags));
    crowd_ = std::make_unique<Crowd>(port(), 100);
    wait_for_crowd(200);
    resident_bytes_ = hub().process().resident_bytes();
  }

  /// Waits until so many more signals have made their way.
  void wait_for_crowd(std::uint64_t count) {
    const std::uint64_t goal = crowd_->received() + count;
    const Deadline deadline;
    while (crowd_->received() < goal) {
      if (deadline.has_passed()) throw Failure("the crowd stands still");
      std::this_thread::sleep_for(5ms);
    }
  }

  /// Memory before the strangers came.
  std::size_t resident_bytes_before() const { return resident_bytes_; }

  Route from_stranger() const { return {.port = port(), .source = stranger}; }
  PeerClient connect_stranger(std::uint64_t number, PeerOptions options = {}) {
    options.source = stranger;
    return {port(), make_id(number), std::move(options)};
  }

  void TearDown() override {
    if (crowd_ != nullptr && hub().process().is_running()) {
      wait_for_crowd(100);
      expect_memory_returns();
    }
    if (crowd_ != nullptr) expect_crowd_is_content();
    crowd_.reset();
    HubTest::TearDown();
  }

 private:
  void expect_memory_returns() {
    const std::size_t allowed = resident_bytes_ + kept_bytes_max;
    const Deadline deadline(20s);
    while (hub().process().resident_bytes() > allowed && !deadline.has_passed()) {
      std::this_thread::sleep_for(50ms);
    }
    EXPECT_LE(hub().process().resident_bytes(), allowed) << "before: " << resident_bytes_;
  }

  void expect_crowd_is_content() {
    const CrowdReport report = crowd_->finish();
    EXPECT_EQ(report.received, report.sent);
    EXPECT_THAT(report.complaints, ::testing::IsEmpty());
    RecordProperty("signals", static_cast<int>(report.received));
    RecordProperty("slowest_ms", static_cast<int>(report.slowest.count()));
  }

  std::unique_ptr<Crowd> crowd_;
  std::size_t resident_bytes_ = 0;
};

}  // namespace pigeon::test
