#include "sim/checkers/delivery_ledger.hpp"

namespace pigeon::sim {

std::string short_name(const PeerId& id) { return id.to_text().substr(0, 8); }

void DeliveryLedger::note_sending(const std::string& text, const PeerId& from,
                                  const std::optional<PeerId>& to, Instant now) {
  Record& record = records_[text];
  record.from = from;
  record.to = to;
  record.sent_at = now;
}

void DeliveryLedger::note_id(const std::string& text, const MessageId& id, bool expects_outcome) {
  Record& record = records_[text];
  record.id = id;
  record.expects_outcome = expects_outcome;
  record.was_given_up = given_up_early_.contains(id);
  texts_[id] = text;
}

void DeliveryLedger::receive(const Receiver& receiver, const MessageReceived& message,
                             Instant now) {
  if (!note_receipt(receiver, message.id.to_text(), message.text, message.hops, now)) return;
  if (!message.verified) return;
  const Record* record = find(message.text);
  if (record != nullptr && record->from == message.from &&
      (!record->to || *record->to == receiver.id) && message.direct == record->to.has_value()) {
    return;
  }
  findings_.add(now, short_name(receiver.id) + " is told that \"" + message.text +
                         "\" is proven to come from " + short_name(message.from) +
                         ", who has not sent it so");
}

void DeliveryLedger::receive_unproven(const Receiver& receiver, std::string_view id,
                                      const PeerId& from, std::string_view text, bool is_direct,
                                      std::uint32_t hops, Instant now) {
  const std::string copy(text);
  if (!note_receipt(receiver, id, copy, hops, now)) return;
  const Record* record = find(copy);
  if (record == nullptr || record->from != from) return;
  if (is_direct != record->to.has_value() || (record->to && *record->to != receiver.id)) {
    findings_.add(now, short_name(receiver.id) + " gets \"" + copy + "\", which is for another");
  }
}

// False: nothing more is to be said about it.
bool DeliveryLedger::note_receipt(const Receiver& receiver, std::string_view id,
                                  const std::string& text, std::uint32_t hops, Instant now) {
  if (!receipts_.emplace(receiver.number, std::string(id)).second) {
    findings_.add(now, short_name(receiver.id) + " is given \"" + text + "\" twice");
    return false;
  }
  const auto found = records_.find(text);
  if (found != records_.end()) found->second.hops.emplace(receiver.number, hops);
  return true;
}

DeliveryLedger::Record* DeliveryLedger::of(const MessageId& id) {
  const auto found = texts_.find(id);
  return found == texts_.end() ? nullptr : &records_[found->second];
}

const DeliveryLedger::Record* DeliveryLedger::find(const std::string& text) const {
  const auto found = records_.find(text);
  return found == records_.end() ? nullptr : &found->second;
}

void DeliveryLedger::confirm(const PeerId& at, const MessageDelivered& news, Instant now) {
  Record* record = of(news.id);
  if (record == nullptr || record->from != at || record->to != news.to) {
    findings_.add(now, short_name(at) + " is told of the delivery of what it has not sent");
    return;
  }
  if (record->was_confirmed || record->was_given_up) {
    findings_.add(now, short_name(at) + " is told twice what became of one message");
  }
  record->was_confirmed = true;
}

void DeliveryLedger::give_up(const PeerId& at, const MessageUndelivered& news, Instant now) {
  Record* record = of(news.id);
  if (record == nullptr) {
    given_up_early_.insert(news.id);
    return;
  }
  if (record->was_confirmed || record->was_given_up) {
    findings_.add(now, short_name(at) + " is told twice what became of one message");
  }
  record->was_given_up = true;
}

void DeliveryLedger::check_outcomes(Instant now, Duration limit, const std::set<PeerId>& gone) {
  for (auto& [text, record] : records_) {
    // Confirmed when it arrives, and given to the application when it has been decrypted.
    if (record.was_confirmed && record.hops.empty() && record.sent_at + limit <= now) {
      findings_.add(now, short_name(record.from) + " is told that \"" + text +
                             "\" has been delivered, and it has not");
      record.hops.emplace(0, 0);
    }
    if (!record.expects_outcome || record.was_confirmed || record.was_given_up) continue;
    if (record.sent_at + limit > now || gone.contains(record.from)) continue;
    record.expects_outcome = false;
    findings_.add(now, short_name(record.from) + " hears nothing of \"" + text + "\" for " +
                           std::to_string(limit / std::chrono::seconds(1)) + " s");
  }
}

}  // namespace pigeon::sim
