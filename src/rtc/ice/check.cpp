#include "rtc/ice/check.hpp"

#include <algorithm>
#include <array>

#include "rtc/ice/stun/writer.hpp"

namespace pigeon::ice {

Check& CheckTable::add(const Check& check) {
  if (checks_.size() == count_max) checks_.erase(checks_.begin());
  return checks_.emplace_back(check);
}

Check* CheckTable::find(const TransactionId& transaction) {
  const auto found = std::find_if(checks_.begin(), checks_.end(), [&](const Check& check) {
    return check.transaction == transaction;
  });
  return found == checks_.end() ? nullptr : &*found;
}

void CheckTable::remove(const TransactionId& transaction) {
  std::erase_if(checks_, [&](const Check& check) { return check.transaction == transaction; });
}

Check* CheckTable::due(Instant now) {
  const auto found = std::find_if(checks_.begin(), checks_.end(),
                                  [&](const Check& check) { return check.deadline <= now; });
  return found == checks_.end() ? nullptr : &*found;
}

Instant CheckTable::next_deadline() const {
  Instant next = Instant::max();
  for (const Check& check : checks_) next = std::min(next, check.deadline);
  return next;
}

bool CheckTable::has(PairId pair, CheckPurpose purpose) const {
  return std::any_of(checks_.begin(), checks_.end(), [&](const Check& check) {
    return check.pair == pair && check.purpose == purpose && !check.superseded;
  });
}

void CheckTable::supersede(PairId pair, CheckPurpose purpose) {
  constexpr Duration linger = 4s;
  for (Check& check : checks_) {
    if (check.pair != pair || check.purpose != purpose || check.superseded) continue;
    check.superseded = true;
    check.deadline += linger;
  }
}

void CheckTable::drop_generations_before(std::uint32_t generation) {
  std::erase_if(checks_, [&](const Check& check) { return check.generation < generation; });
}

std::size_t write_check(const CheckRequest& request, MutableBytesView out) {
  StunWriter writer(out, StunClass::request, StunMethod::binding, request.transaction);
  // RFC 8445 section 7.2.2: the other agent's fragment first.
  writer.text(StunAttribute::username, request.remote->ufrag + ':' + request.local->ufrag);
  writer.u32(StunAttribute::priority, request.priority);
  writer.u64(request.role == Role::controlling ? StunAttribute::ice_controlling
                                               : StunAttribute::ice_controlled,
             request.tie_breaker);
  if (request.use_candidate) writer.attribute(StunAttribute::use_candidate);
  writer.integrity(as_bytes(request.remote->password));
  writer.fingerprint();
  return writer.finish();
}

std::size_t write_answer(const TransactionId& transaction, const SocketAddress& mapped,
                         const std::string& password, MutableBytesView out) {
  StunWriter writer(out, StunClass::success, StunMethod::binding, transaction);
  writer.xor_address(StunAttribute::xor_mapped_address, mapped);
  writer.integrity(as_bytes(password));
  writer.fingerprint();
  return writer.finish();
}

std::size_t write_refusal(const StunMessage& request, std::uint16_t code,
                          const std::string& password, MutableBytesView out) {
  StunWriter writer(out, StunClass::error, StunMethod::binding, request.transaction());
  const bool conflict = code == stun_error::role_conflict;
  writer.error_code(code, conflict ? "Role Conflict" : "Unknown Attribute");
  if (code == stun_error::unknown_attribute) {
    std::array<StunAttribute, 8> unknown{};
    const std::size_t count = request.unknown_required(unknown);
    writer.unknown_attributes(std::span(unknown).first(count));
  }
  writer.integrity(as_bytes(password));
  writer.fingerprint();
  return writer.finish();
}

}  // namespace pigeon::ice
