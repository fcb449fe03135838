#include <utility>

#include "base/base64.hpp"
#include "base/wipe.hpp"
#include "net/clock.hpp"
#include "node/arguments.hpp"
#include "node/json_text.hpp"
#include "node/proof_text.hpp"
#include "node/sealed_content.hpp"
#include "pigeon/node.hpp"
#include "runtime/group_keys.hpp"
#include "runtime/node_handle.hpp"
#include "suite/encryption.hpp"
#include "suite/random_bytes.hpp"
#include "suite/signing.hpp"

namespace pigeon {

// What a node does with keys: its own, those of peers, and those of groups.

namespace {

using node::bad_argument;

/// JSON of a text that is encrypted to `key`.
Result<std::string, NodeError> sealed(const node::Node& core,
                                      const Result<crypto::EncryptionPublicKey, NodeError>& key,
                                      std::string_view group, std::string_view text) {
  if (!key) return Unexpected(key.error());
  if (!node::is_utf8(text)) return Unexpected(node::not_utf8());
  const std::string json = node::json_text(text);
  if (json.size() > node::sealed_bytes_max) {
    return Unexpected(NodeError{NodeErrorKind::too_large,
                                "A text that is encrypted at once has at most 512 KiB as JSON."});
  }
  auto content = suite::seal(*key, as_bytes(json));
  if (!content) return Unexpected(bad_argument("The key of the peer cannot be used."));
  node::SealedBy by{.key = core.keys()->signing, .timestamp = net::read_clock().wall_ms};
  Random random(suite::random_seed());
  random.fill(by.nonce);
  return node::sealed_json({*std::move(content), std::string(group)}, by);
}

}  // namespace

// ---- Keys

Result<void, NodeError> Node::exchange_keys(const PeerId& peer) {
  return handle_->call([&](node::Node& core, Now now) { return core.exchange_keys(peer, now); });
}

Result<void, NodeError> Node::add_peer_key(const PeerId& peer, const PeerPublicKey& key) {
  return handle_->call(
      [&](node::Node& core, Now now) { return core.add_peer_key(peer, key, now); });
}

Result<std::string, NodeError> Node::sign(std::string_view text) const {
  if (node::is_proof_text(text)) {
    return Unexpected(bad_argument("The text has the form of a proof that nodes make themselves."));
  }
  const auto signature = handle_->sign(as_bytes(text));
  if (signature) return encode_base64url(*signature);
  return Unexpected(bad_argument("This node has no key to sign with: crypto is switched off."));
}

bool verify_signature(std::string_view signature, std::string_view text,
                      std::string_view signing_key) {
  const auto key = crypto::SigningPublicKey::parse(signing_key);
  const auto bytes = decode_base64url(signature);
  return key && bytes && suite::verify(*key, as_bytes(text), *bytes);
}

// ---- Groups

Result<std::string, NodeError> Node::generate_group_key(std::string_view group) {
  auto key = runtime::make_group_key(group, net::read_clock().wall_ms);
  if (!key) return Unexpected(NodeError{NodeErrorKind::not_running, key.error()});
  if (auto added = add_group_key(group, *key); !added) {
    wipe(*key);
    return Unexpected(added.error());
  }
  return *std::move(key);
}

Result<void, NodeError> Node::add_group_key(std::string_view group, std::string_view key_json) {
  auto key = runtime::read_group_key(key_json);
  if (!key) return Unexpected(bad_argument(key.error()));
  return handle_->add_group(group, *std::move(key));
}

bool Node::remove_group_key(std::string_view group) { return handle_->remove_group(group); }

// ---- Encryption without sending

Result<std::string, NodeError> Node::encrypt(std::string_view text) const {
  return encrypt_for_peer(peer_id(), text);
}

Result<std::string, NodeError> Node::encrypt_for_peer(const PeerId& peer,
                                                      std::string_view text) const {
  return handle_->ask(
      [&](const node::Node& core) { return sealed(core, core.key_of_peer(peer), {}, text); });
}

Result<std::string, NodeError> Node::encrypt_for_group(std::string_view group,
                                                       std::string_view text) const {
  return handle_->ask(
      [&](const node::Node& core) { return sealed(core, core.key_of_group(group), group, text); });
}

Result<DecryptedContent, NodeError> Node::decrypt(std::string_view json) const {
  auto content = node::read_sealed_json(json);
  if (!content) return Unexpected(bad_argument("That is no JSON of an encrypted message."));
  auto opened = handle_->open({std::move(content->sealed), content->group});
  auto text = opened ? node::text_of_json(*opened) : std::nullopt;
  if (text) {
    return DecryptedContent{*std::move(text), *std::move(opened), std::move(content->group)};
  }
  return Unexpected(NodeError{NodeErrorKind::undecipherable,
                              "It was encrypted to somebody else, or has been changed."});
}

}  // namespace pigeon
