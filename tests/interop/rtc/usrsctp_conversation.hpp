#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "net/file_descriptor.hpp"
#include "rtc/sctp/association.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/deadline.hpp"

namespace pigeon::test {

/// Message `index` of a series, as README.md defines it.
Bytes series_message(std::uint32_t seed, std::uint32_t index, std::size_t size);
/// FNV-1a of 64 bits in hexadecimal, as usrsctp_peer tells it.
std::string fnv_digest(BytesView bytes);
/// What usrsctp_peer tells of a message that it received.
std::string message_line(sctp::StreamId stream, sctp::Ppid ppid, bool ordered, BytesView message);

/// An association of ours and one of usrsctp in a process of its own, joined by UDP on loopback.
class UsrsctpConversation {
 public:
  /// How our end of the wire treats packets.
  struct Wire {
    /// Every how manieth packet is lost in each direction; 0 for none, 1 for all.
    std::uint64_t lost_out = 0;
    std::uint64_t lost_in = 0;
  };
  /// What went over the wire on our side, lost packets included.
  struct Seen {
    std::uint64_t packets_out = 0;
    std::uint64_t packets_in = 0;
    std::size_t largest_out = 0;
    /// Packets with a checksum of zero (RFC 9653).
    std::uint64_t zero_checksums_out = 0;
  };

  /// Starts the other side. Throws `Failure` if it does not start.
  explicit UsrsctpConversation(sctp::AssociationOptions options = {});

  sctp::Association& ours() { return ours_; }
  Wire& wire() { return wire_; }
  const Seen& seen() const { return seen_; }
  static Now now();

  /// Gives the other side a command.
  void command(std::string_view line) const;
  /// Whether the other side has told a line, and how often.
  bool has_told(std::string_view line) const { return count_told(line) != 0; }
  std::size_t count_told(std::string_view line) const;
  /// The lines that begin so.
  std::vector<std::string> told(std::string_view beginning) const;

  /// What our side was told.
  const std::vector<sctp::AssociationEvent>& events() const { return events_; }
  template <class Kind>
  std::vector<Kind> events_of() const {
    std::vector<Kind> found;
    for (const sctp::AssociationEvent& event : events_) {
      if (const auto* const one = std::get_if<Kind>(&event)) found.push_back(*one);
    }
    return found;
  }

  /// Carries packets until the condition holds. Throws `Failure` past the test's patience.
  template <class Condition>
  void run_until(std::string_view what, Condition condition) {
    const Deadline deadline;
    for (flush(); !condition(); step()) {
      if (deadline.has_passed()) give_up(what);
    }
  }
  /// Until the other side has told this line.
  void await_line(std::string_view line) {
    run_until(line, [&] { return has_told(line); });
  }
  /// It listens and we connect, until both are established.
  void connect();

 private:
  void step();
  void flush();
  void receive_waiting();
  [[noreturn]] void give_up(std::string_view what) const;

  net::FileDescriptor socket_;
  ChildProcess process_;
  sctp::Association ours_;
  Wire wire_;
  Seen seen_;
  std::vector<sctp::AssociationEvent> events_;
};

}  // namespace pigeon::test
