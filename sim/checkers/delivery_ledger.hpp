#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "pigeon/id.hpp"
#include "pigeon/node_event.hpp"
#include "sim/checkers/findings.hpp"

namespace pigeon::sim {

/// Every message of a run, and who has received it. Messages are known by their texts, which are
/// all different. Holds what applications are told against what was sent: nothing twice, nothing to
/// the wrong one, nothing said to be proven that its sender has not sent.
class DeliveryLedger {
 public:
  struct Record {
    PeerId from;
    std::optional<PeerId> to;
    Instant sent_at{};
    std::optional<MessageId> id;
    /// `MessageDelivered` or `MessageUndelivered` must follow.
    bool expects_outcome = false;
    /// By the numbers of the receivers: the links that it has passed.
    std::map<std::uint64_t, std::uint32_t> hops;
    bool was_confirmed = false;
    bool was_given_up = false;
  };
  /// Who receives: a number that is never used again, and an id.
  struct Receiver {
    std::uint64_t number = 0;
    PeerId id;
  };

  explicit DeliveryLedger(Findings& findings) : findings_(findings) {}

  /// A message is about to be sent; `to` nobody for a broadcast.
  void note_sending(const std::string& text, const PeerId& from, const std::optional<PeerId>& to,
                    Instant now);
  /// It has got an id.
  void note_id(const std::string& text, const MessageId& id, bool expects_outcome);

  void receive(const Receiver& receiver, const MessageReceived& message, Instant now);
  /// What a client of upstream got, which proves nothing.
  void receive_unproven(const Receiver& receiver, std::string_view id, const PeerId& from,
                        std::string_view text, bool is_direct, std::uint32_t hops, Instant now);
  void confirm(const PeerId& at, const MessageDelivered& news, Instant now);
  void give_up(const PeerId& at, const MessageUndelivered& news, Instant now);

  /// Finds direct messages of which nothing was heard for `limit`. Senders in `gone` are excused.
  void check_outcomes(Instant now, Duration limit, const std::set<PeerId>& gone);

  /// Nothing if no message has this text.
  const Record* find(const std::string& text) const;

 private:
  bool note_receipt(const Receiver& receiver, std::string_view id, const std::string& text,
                    std::uint32_t hops, Instant now);
  Record* of(const MessageId& id);

  Findings& findings_;
  std::map<std::string, Record, std::less<>> records_;
  std::map<MessageId, std::string> texts_;
  /// Before the call that sends it has given its id.
  std::set<MessageId> given_up_early_;
  std::set<std::pair<std::uint64_t, std::string>> receipts_;
};

/// The first digits of an id, as names in sentences.
std::string short_name(const PeerId& id);

}  // namespace pigeon::sim
