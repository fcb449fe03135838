#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/deadline.hpp"
#include "tests/support/peer_client.hpp"

namespace pigeon::test {

/// What became of a crowd's signals.
struct CrowdReport {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::chrono::milliseconds slowest{0};
  /// Everything that must not be, in words; at most a few.
  std::vector<std::string> complaints;
};

/// Well-behaved clients on a thread of their own. They stand in a ring, and each sends its
/// successor numbered signals, the next one when the last has arrived, about ten a second.
class Crowd {
 public:
  /// Connects and announces all of them in a namespace of their own, then begins.
  Crowd(std::uint16_t port, std::size_t count);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd();

  /// Signals that have arrived so far.
  std::uint64_t received() const { return received_; }

  /// Waits until every signal has arrived, or patience ends. Once; the clients stay connected.
  CrowdReport finish();

 private:
  struct Member {
    std::unique_ptr<PeerClient> client;
    std::uint64_t sent = 0;
    std::uint64_t arrived = 0;
    Clock::time_point sent_at;
    bool has_ended = false;
  };

  Member& next(std::size_t index) { return members_[(index + 1) % members_.size()]; }
  Member& previous(std::size_t index) {
    return members_[(index + members_.size() - 1) % members_.size()];
  }
  void run();
  void run_until_all_have_arrived();
  void receive(std::size_t index);
  void read(std::size_t index, const std::string& text);
  void send_due();
  bool all_have_arrived() const;
  void complain(std::size_t index, const std::string& what);

  std::vector<Member> members_;
  CrowdReport report_;
  std::atomic<std::uint64_t> received_ = 0;
  std::atomic<bool> is_finishing_ = false;
  std::thread thread_;
};

}  // namespace pigeon::test
