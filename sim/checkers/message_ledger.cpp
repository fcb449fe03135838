#include "sim/checkers/message_ledger.hpp"

namespace pigeon::sim {

namespace {
constexpr std::size_t number_size = 4;
}  // namespace

Bytes MessageLedger::content(std::uint32_t number, std::size_t size) {
  Bytes message(size);
  for (std::size_t i = 0; i < number_size; ++i) {
    message[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  // Different for each number and place, so that fragments in wrong places show.
  std::uint32_t value = number * 2'654'435'761U + 1;
  for (std::size_t i = number_size; i < size; ++i) {
    value = value * 1'664'525U + 1'013'904'223U;
    message[i] = static_cast<std::uint8_t>(value >> 24U);
  }
  return message;
}

Bytes MessageLedger::next(std::size_t size) { return content(sent_count_++, size); }

std::optional<std::string> MessageLedger::receive(BytesView message) {
  if (message.size() < number_size) return "a message is cut short";
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < number_size; ++i) {
    number |= static_cast<std::uint32_t>(message[i]) << (8 * i);
  }
  const std::string name = "message " + std::to_string(number);
  if (number >= sent_count_) return name + " was never sent";
  if (content(number, message.size()) != Bytes(message.begin(), message.end())) {
    return name + " has changed on its way";
  }
  if (promise_.ordered && !received_.empty() && number < *received_.rbegin()) {
    return name + " comes after one that was sent later";
  }
  if (promise_.ordered && promise_.reliable && number != received_.size()) {
    return name + " comes while one before it is missing";
  }
  if (!received_.insert(number).second) return name + " comes twice";
  return std::nullopt;
}

}  // namespace pigeon::sim
