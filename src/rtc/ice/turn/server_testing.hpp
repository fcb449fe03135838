#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/stun/message.hpp"
#include "rtc/ice/stun/writer.hpp"
#include "rtc/ice/turn/credentials.hpp"

// Shared by the tests of the TURN client and its fuzz target.

namespace pigeon::ice {

/// What `ModelTurnServer` is and how it misbehaves.
struct ModelServerOptions {
  std::string username = "user";
  std::string password = "secret";
  bool asks_for_credentials = true;
  /// At most what is granted.
  std::chrono::seconds lifetime = 600s;
  Duration nonce_lifetime = Duration::max();
  /// Every nonce is stale.
  bool hates_nonces = false;
  std::set<IpAddress> forbidden_peers{};
  /// Answers every request of these methods with this error, once authenticated.
  std::map<StunMethod, std::uint16_t> errors{};
  /// Signs answers with another key.
  bool signs_wrongly = false;
  SocketAddress relayed = {IpAddress(IpAddress::V4{203, 0, 113, 9}), 49'152};
  SocketAddress mapped = {IpAddress(IpAddress::V4{198, 51, 100, 7}), 40'000};
};

/// One client's view of a TURN server, written from RFC 8656 without its network: it checks what
/// the client sends as strictly as the text allows and forgets what is not refreshed in time.
class ModelTurnServer {
 public:
  explicit ModelTurnServer(ModelServerOptions server_options = {})
      : options(std::move(server_options)) {}

  /// Takes a message of the client; the answer, if there is one.
  std::optional<Bytes> receive(BytesView message, Now now);
  /// A datagram of a peer reaches the relayed address. What the client gets, if anything.
  std::optional<Bytes> receive_from_peer(const SocketAddress& peer, BytesView payload, Now now);

  bool has_allocation(Now now) const { return now.monotonic < allocation_ends_; }
  bool has_permission(const IpAddress& ip, Now now) const;
  /// Drops the allocation, as a server that was started anew.
  void forget_allocation() { allocation_ends_ = Instant::min(); }

  ModelServerOptions options;
  /// Of authenticated requests, in their order.
  std::vector<StunMethod> requests{};
  /// What reached peers.
  std::vector<std::pair<SocketAddress, std::string>> delivered{};
  /// Messages that no client may send; a sentence each.
  std::vector<std::string> complaints{};

 private:
  using Ids = std::set<TransactionId>;

  std::optional<Bytes> receive_channel_data(BytesView message, Now now);
  void receive_send(const StunMessage& message, Now now);
  Bytes challenge(const StunMessage& request, std::uint16_t code, Now now);
  /// The error code for a request without valid credentials; 0 if they are valid.
  std::uint16_t authenticate(const StunMessage& request, Now now);
  Bytes answer(const StunMessage& request, Now now);
  Bytes answer_allocate(const StunMessage& request, Now now);
  Bytes answer_refresh(const StunMessage& request, Now now);
  Bytes answer_permissions(const StunMessage& request, Now now);
  Bytes answer_channel(const StunMessage& request, Now now);
  Bytes error(const StunMessage& request, std::uint16_t code);
  Bytes finish(StunWriter& writer);
  std::uint32_t granted_lifetime(const StunMessage& request) const;
  std::string current_nonce(Now now) const;
  void deliver(const SocketAddress& peer, BytesView payload, Now now);

  struct Channel {
    SocketAddress peer;
    Instant ends{};
  };

  Instant allocation_ends_ = Instant::min();
  std::map<IpAddress, Instant> permissions_;
  std::map<std::uint16_t, Channel> channels_;
  Ids seen_;
  std::optional<std::pair<TransactionId, Bytes>> last_answer_;
  std::array<std::uint8_t, 2'048> buffer_{};
};

inline bool ModelTurnServer::has_permission(const IpAddress& ip, Now now) const {
  const auto found = permissions_.find(ip);
  return found != permissions_.end() && now.monotonic < found->second;
}

inline std::string ModelTurnServer::current_nonce(Now now) const {
  if (options.nonce_lifetime == Duration::max()) return "nonce";
  return "nonce-" + std::to_string(now.monotonic.time_since_epoch() / options.nonce_lifetime);
}

inline std::optional<Bytes> ModelTurnServer::receive(BytesView message, Now now) {
  if (!message.empty() && message[0] >= 0x40) return receive_channel_data(message, now);
  const auto stun = decode_stun(message);
  if (!stun) {
    complaints.emplace_back("no STUN message");
    return std::nullopt;
  }
  if (stun->message_class() == StunClass::indication) {
    receive_send(*stun, now);
    return std::nullopt;
  }
  if (stun->message_class() != StunClass::request) {
    complaints.emplace_back("neither request nor indication");
    return std::nullopt;
  }
  // A retransmission gets the same answer (RFC 8489 section 6.3.1).
  if (last_answer_ && last_answer_->first == stun->transaction()) return last_answer_->second;
  if (!seen_.insert(stun->transaction()).second) complaints.emplace_back("an id used twice");
  const std::uint16_t code = authenticate(*stun, now);
  const Bytes reply = code != 0 ? challenge(*stun, code, now) : answer(*stun, now);
  last_answer_ = {stun->transaction(), reply};
  return reply;
}

inline std::uint16_t ModelTurnServer::authenticate(const StunMessage& request, Now now) {
  if (!options.asks_for_credentials) return 0;
  if (!request.has_integrity()) return 401;
  TurnCredentials expected(options.username, options.password);
  expected.challenge("pigeon.test", current_nonce(now));
  if (request.text(StunAttribute::realm) != "pigeon.test") return 401;
  if (options.hates_nonces) return 438;
  if (request.text(StunAttribute::nonce) != expected.nonce()) return 438;
  if (request.text(StunAttribute::username) != options.username) return 401;
  return request.integrity_matches(expected.key()) ? 0 : 401;
}

inline Bytes ModelTurnServer::challenge(const StunMessage& request, std::uint16_t code, Now now) {
  StunWriter writer(buffer_, StunClass::error, request.method(), request.transaction());
  writer.error_code(code, "challenge");
  writer.text(StunAttribute::realm, "pigeon.test");
  writer.text(StunAttribute::nonce, current_nonce(now));
  return {buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(writer.finish())};
}

inline Bytes ModelTurnServer::finish(StunWriter& writer) {
  if (options.asks_for_credentials) {
    TurnCredentials credentials(options.username, options.signs_wrongly ? "x" : options.password);
    credentials.challenge("pigeon.test", "nonce");
    writer.integrity(credentials.key());
  }
  return {buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(writer.finish())};
}

inline Bytes ModelTurnServer::error(const StunMessage& request, std::uint16_t code) {
  StunWriter writer(buffer_, StunClass::error, request.method(), request.transaction());
  writer.error_code(code, "no");
  return finish(writer);
}

inline Bytes ModelTurnServer::answer(const StunMessage& request, Now now) {
  const StunMethod method = request.method();
  requests.push_back(method);
  const auto wrong = options.errors.find(method);
  if (wrong != options.errors.end()) return error(request, wrong->second);
  if (method == StunMethod::allocate) return answer_allocate(request, now);
  if (!has_allocation(now)) return error(request, 437);
  if (method == StunMethod::refresh) return answer_refresh(request, now);
  if (method == StunMethod::create_permission) return answer_permissions(request, now);
  if (method == StunMethod::channel_bind) return answer_channel(request, now);
  complaints.emplace_back("an unknown method");
  return error(request, 400);
}

inline std::uint32_t ModelTurnServer::granted_lifetime(const StunMessage& request) const {
  const auto most = static_cast<std::uint32_t>(options.lifetime.count());
  return std::min(request.u32(StunAttribute::lifetime).value_or(600), most);
}

inline Bytes ModelTurnServer::answer_allocate(const StunMessage& request, Now now) {
  if (has_allocation(now)) return error(request, 437);
  if (request.u32(StunAttribute::requested_transport) != 17U << 24U) return error(request, 442);
  const std::uint32_t seconds = granted_lifetime(request);
  allocation_ends_ = now.monotonic + std::chrono::seconds(seconds);
  permissions_.clear();
  channels_.clear();
  StunWriter writer(buffer_, StunClass::success, request.method(), request.transaction());
  writer.xor_address(StunAttribute::xor_relayed_address, options.relayed);
  writer.xor_address(StunAttribute::xor_mapped_address, options.mapped);
  writer.u32(StunAttribute::lifetime, seconds);
  return finish(writer);
}

inline Bytes ModelTurnServer::answer_refresh(const StunMessage& request, Now now) {
  const std::uint32_t seconds = granted_lifetime(request);
  allocation_ends_ = now.monotonic + std::chrono::seconds(seconds);
  StunWriter writer(buffer_, StunClass::success, request.method(), request.transaction());
  writer.u32(StunAttribute::lifetime, seconds);
  return finish(writer);
}

inline Bytes ModelTurnServer::answer_permissions(const StunMessage& request, Now now) {
  std::vector<IpAddress> peers;
  auto cursor = request.attributes();
  while (const auto attribute = cursor.next()) {
    if (attribute->type != StunAttribute::xor_peer_address) continue;
    IpAddress::V6 ip{};
    const std::size_t size = attribute->value.size() - 4;
    if (size != 4 && size != 16) return error(request, 400);
    // RFC 8489 section 14.2: against the cookie and the transaction id.
    for (std::size_t i = 0; i < size; ++i) {
      ip[i] = static_cast<std::uint8_t>(attribute->value[4 + i] ^ request.bytes()[4 + i]);
    }
    peers.push_back(size == 16 ? IpAddress(ip)
                               : IpAddress(IpAddress::V4{ip[0], ip[1], ip[2], ip[3]}));
  }
  if (peers.empty()) return error(request, 400);
  for (const IpAddress& peer : peers) {
    if (options.forbidden_peers.contains(peer)) return error(request, 403);
  }
  for (const IpAddress& peer : peers) permissions_[peer] = now.monotonic + 300s;
  StunWriter writer(buffer_, StunClass::success, request.method(), request.transaction());
  return finish(writer);
}

inline Bytes ModelTurnServer::answer_channel(const StunMessage& request, Now now) {
  const auto number =
      static_cast<std::uint16_t>(request.u32(StunAttribute::channel_number).value_or(0) >> 16U);
  const auto peer = request.xor_address(StunAttribute::xor_peer_address);
  if (!peer || number < 0x4000 || number > 0x4fff) return error(request, 400);
  for (const auto& [other, channel] : channels_) {
    if (now.monotonic < channel.ends && (other == number) != (channel.peer == *peer)) {
      return error(request, 400);
    }
  }
  if (options.forbidden_peers.contains(peer->ip)) return error(request, 403);
  channels_[number] = {*peer, now.monotonic + 600s};
  permissions_[peer->ip] = now.monotonic + 300s;
  StunWriter writer(buffer_, StunClass::success, request.method(), request.transaction());
  return finish(writer);
}

inline void ModelTurnServer::deliver(const SocketAddress& peer, BytesView payload, Now now) {
  if (!has_allocation(now) || !has_permission(peer.ip, now)) return;
  delivered.emplace_back(peer, as_text(payload));
}

inline void ModelTurnServer::receive_send(const StunMessage& message, Now now) {
  const auto peer = message.xor_address(StunAttribute::xor_peer_address);
  const auto data = message.find(StunAttribute::data);
  if (message.method() != StunMethod::send || !peer || !data) {
    complaints.emplace_back("a malformed Send indication");
    return;
  }
  deliver(*peer, *data, now);
}

inline std::optional<Bytes> ModelTurnServer::receive_channel_data(BytesView message, Now now) {
  const auto number = static_cast<std::uint16_t>(message[0] << 8U | message[1]);
  const auto found = channels_.find(number);
  if (found == channels_.end() || now.monotonic >= found->second.ends) {
    complaints.emplace_back("data on a channel that is not bound");
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(message[2] << 8U | message[3]);
  deliver(found->second.peer, message.subspan(4, size), now);
  return std::nullopt;
}

inline std::optional<Bytes> ModelTurnServer::receive_from_peer(const SocketAddress& peer,
                                                               BytesView payload, Now now) {
  if (!has_allocation(now) || !has_permission(peer.ip, now)) return std::nullopt;
  for (const auto& [number, channel] : channels_) {
    if (channel.peer != peer || now.monotonic >= channel.ends) continue;
    Bytes message = {static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number),
                     static_cast<std::uint8_t>(payload.size() >> 8U),
                     static_cast<std::uint8_t>(payload.size())};
    message.insert(message.end(), payload.begin(), payload.end());
    message.resize((message.size() + 3) / 4 * 4);
    return message;
  }
  StunWriter writer(buffer_, StunClass::indication, StunMethod::data, TransactionId{7});
  writer.xor_address(StunAttribute::xor_peer_address, peer);
  writer.attribute(StunAttribute::data, payload);
  return Bytes(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(writer.finish()));
}

}  // namespace pigeon::ice
