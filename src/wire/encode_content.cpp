#include <string>

#include "wire/json_writer.hpp"
#include "wire/peer_message.hpp"

namespace pigeon::wire {

std::string encode_content(const KeyExchange& exchange, std::int64_t timestamp) {
  JsonObjectWriter keys;
  keys.text("pub", exchange.signing_key).text("epub", exchange.encryption_key);
  JsonObjectWriter out(512);
  out.text("type", exchange.is_response ? "key_exchange_response" : "key_exchange");
  out.raw("publicKey", keys.finish()).number("timestamp", timestamp);
  if (!exchange.proof.empty()) out.text("proof", exchange.proof);
  return out.finish();
}

std::string encode_content(const DirectAck& ack) {
  JsonObjectWriter out(96);
  out.text("type", "direct-ack").text("messageId", ack.message.to_text());
  return out.finish();
}

std::string encode_content(const RelayedChannelSignal& signal, std::int64_t timestamp) {
  JsonObjectWriter inner(signal.data.size() + 128);
  inner.text("type", signal.type);
  if (!signal.data.empty()) inner.raw("data", signal.data);
  inner.text("fromPeerId", signal.from.to_text());
  JsonObjectWriter out(signal.data.size() + 384);
  out.text("type", "signaling-relay").raw("signalingMessage", inner.finish());
  out.text("targetPeerId", signal.to.to_text()).number("timestamp", timestamp);
  return out.finish();
}

std::string encode_content(const EncryptedContent& encrypted, std::int64_t timestamp) {
  JsonObjectWriter data(encrypted.ciphertext.size() + 256);
  data.text("ciphertext", encrypted.ciphertext).text("iv", encrypted.iv);
  data.text("sender", encrypted.ephemeral_key).number("timestamp", timestamp);
  JsonObjectWriter out(encrypted.ciphertext.size() + 512);
  out.boolean("encrypted", true);
  if (!encrypted.group.empty()) out.boolean("group", true).text("groupId", encrypted.group);
  out.raw("data", data.finish()).text("from", encrypted.from_key);
  out.text("nonce", encrypted.nonce).number("timestamp", timestamp);
  return out.finish();
}

std::string encode_peer_announcement(const PeerId& peer, std::int64_t timestamp) {
  JsonObjectWriter out(96);
  out.text("peerId", peer.to_text()).number("timestamp", timestamp);
  return out.finish();
}

}  // namespace pigeon::wire
