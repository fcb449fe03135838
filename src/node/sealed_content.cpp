#include "node/sealed_content.hpp"

#include "base/base64.hpp"

namespace pigeon::node {

std::optional<SealedContent> read_sealed(const wire::EncryptedContent& content) {
  auto ciphertext = decode_base64url(content.ciphertext);
  const auto iv = decode_base64url_array<12>(content.iv);
  const auto key = crypto::SigningPublicKey::parse(content.ephemeral_key);
  if (!ciphertext || !iv || !key) return std::nullopt;
  return SealedContent{{*std::move(ciphertext), *iv, key->bytes()}, std::string(content.group)};
}

std::optional<SealedContent> read_sealed_json(std::string_view json) {
  wire::JsonReader reader;
  const auto parsed = reader.parse(json);
  if (!parsed) return std::nullopt;
  const auto content = wire::decode_encrypted_content(*parsed, reader);
  return content && *content ? read_sealed(**content) : std::nullopt;
}

std::string sealed_json(const SealedContent& content, const SealedBy& by) {
  const std::string ciphertext = encode_base64url(content.sealed.ciphertext);
  const std::string iv = encode_base64url(content.sealed.iv);
  const std::string ephemeral = crypto::SigningPublicKey(content.sealed.ephemeral_key).to_text();
  const std::string from = by.key.to_text();
  const std::string nonce = Id<struct NonceTag, 8>(by.nonce).to_text();
  return wire::encode_content(wire::EncryptedContent{.group = content.group,
                                                     .ciphertext = ciphertext,
                                                     .iv = iv,
                                                     .ephemeral_key = ephemeral,
                                                     .from_key = from,
                                                     .nonce = nonce},
                              by.timestamp);
}

}  // namespace pigeon::node
