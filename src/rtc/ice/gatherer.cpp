#include "rtc/ice/gatherer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/ice/stun/fingerprint.hpp"
#include "rtc/ice/stun/writer.hpp"

namespace pigeon::ice {

namespace {

/// RFC 8421 section 4: IPv6 first, but so that the families alternate.
std::uint16_t preference_of(const IpAddress& ip, std::size_t index) {
  constexpr std::uint16_t highest = 0xffff;
  constexpr std::uint16_t link_local = 0x7fff;
  const auto step = static_cast<std::uint16_t>(2 * index + (ip.is_v4() ? 1 : 0));
  return static_cast<std::uint16_t>((ip.is_link_local() ? link_local : highest) - step);
}

}  // namespace

std::string make_foundation(CandidateType type, const IpAddress& base, const IpAddress& server) {
  const std::array kind = {static_cast<std::uint8_t>(type)};
  Crc32 crc;
  crc.update(kind);
  crc.update(base.bytes());
  crc.update(server.bytes());
  return std::to_string(crc.value());
}

std::uint16_t local_preference(const Candidate& candidate) {
  return static_cast<std::uint16_t>(candidate.priority >> 8U);
}

Gatherer::Gatherer(AgentOptions options, Random random)
    : options_(std::move(options)), random_(random) {}

bool Gatherer::usable(const IpAddress& ip) const {
  if (ip.is_unspecified() || ip.is_multicast()) return false;
  if (ip.is_loopback() && !options_.use_loopback) return false;
  return ip.is_v4() || options_.use_ipv6;
}

bool Gatherer::add_base(const SocketAddress& base, Now now) {
  if (!usable(base.ip) || find(base) != nullptr || base_count_ >= options_.local_addresses_max) {
    return false;
  }
  Candidate host;
  host.type = CandidateType::host;
  host.address = base;
  host.priority = candidate_priority(host.type, preference_of(base.ip, base_count_));
  host.foundation = make_foundation(host.type, base.ip, {});
  candidates_.push_back(std::move(host));
  ++base_count_;
  ask_servers(base, now);
  return true;
}

void Gatherer::remove_base(const SocketAddress& base) {
  if (std::erase_if(candidates_, [&](const Candidate& candidate) {
        return candidate.address == base && candidate.type == CandidateType::host;
      }) == 0) {
    return;
  }
  --base_count_;
  std::erase_if(candidates_, [&](const Candidate& candidate) {
    return candidate.type == CandidateType::server_reflexive && candidate.related == base;
  });
  std::erase_if(queries_, [&](const Query& query) { return query.path.local == base; });
}

void Gatherer::add(Candidate candidate) { candidates_.push_back(std::move(candidate)); }

void Gatherer::remove_relayed(const SocketAddress& relayed) {
  std::erase_if(candidates_, [&](const Candidate& candidate) {
    return candidate.type == CandidateType::relayed && candidate.address == relayed;
  });
}

void Gatherer::ask_servers(const SocketAddress& base, Now now) {
  if (base.ip.is_loopback() || base.ip.is_link_local()) return;
  const auto servers = std::span(options_.stun_servers);
  for (const SocketAddress& server :
       servers.first(std::min(servers.size(), options_.servers_max))) {
    if (server.ip.is_v4() != base.ip.is_v4()) continue;
    // RFC 8445 section 14.2: new questions are paced like checks.
    Query query{.path = {base, server},
                .deadline = now.monotonic + options_.pacing * static_cast<int>(queries_.size()),
                .wait = options_.retransmission};
    random_.fill(query.transaction);
    queries_.push_back(query);
  }
}

bool Gatherer::receive(const AddressPair& path, const StunMessage& message) {
  const auto query = std::find_if(queries_.begin(), queries_.end(), [&](const Query& one) {
    return one.transaction == message.transaction() && one.path == path;
  });
  if (query == queries_.end()) return false;
  queries_.erase(query);
  const auto mapped = message.mapped_address();
  const Candidate* host = local_end(path.local);
  if (message.message_class() != StunClass::success || !mapped || host == nullptr) return true;
  // RFC 8445 section 5.1.3: redundant if another candidate has its address and base.
  if (mapped->ip.is_unspecified() || mapped->port == 0 || find(*mapped) != nullptr) return true;
  Candidate reflexive;
  reflexive.type = CandidateType::server_reflexive;
  reflexive.address = *mapped;
  reflexive.related = path.local;
  reflexive.priority = candidate_priority(reflexive.type, local_preference(*host));
  reflexive.foundation = make_foundation(reflexive.type, path.local.ip, path.remote.ip);
  candidates_.push_back(std::move(reflexive));
  return true;
}

void Gatherer::handle_timeout(Now now, DatagramBatch& out) {
  constexpr std::size_t transmissions_max = 5;
  std::erase_if(queries_, [&](const Query& query) {
    return query.deadline <= now.monotonic && query.transmissions >= transmissions_max;
  });
  for (Query& query : queries_) {
    if (query.deadline > now.monotonic) continue;
    if (out.size() < options_.waiting_datagrams_max) {
      const MutableBytesView buffer = out.reserve(stun_header_size);
      StunWriter writer(buffer, StunClass::request, StunMethod::binding, query.transaction);
      out.commit(query.path, writer.finish());
    }
    ++query.transmissions;
    query.deadline = now.monotonic + query.wait;
    query.wait = std::min(2 * query.wait, options_.retransmission_max);
  }
}

Instant Gatherer::next_timeout() const {
  Instant next = Instant::max();
  for (const Query& query : queries_) next = std::min(next, query.deadline);
  return next;
}

const Candidate* Gatherer::local_end(const SocketAddress& address) const {
  const auto found =
      std::find_if(candidates_.begin(), candidates_.end(), [&](const Candidate& candidate) {
        return candidate.address == address &&
               (candidate.type == CandidateType::host || candidate.type == CandidateType::relayed);
      });
  return found == candidates_.end() ? nullptr : &*found;
}

const Candidate* Gatherer::find(const SocketAddress& address) const {
  const auto found =
      std::find_if(candidates_.begin(), candidates_.end(),
                   [&](const Candidate& candidate) { return candidate.address == address; });
  return found == candidates_.end() ? nullptr : &*found;
}

}  // namespace pigeon::ice
