#include "persist/identity_text.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/wipe.hpp"

namespace pigeon::persist {

namespace {

using crypto::PrivateScalar;
using crypto::SigningPublicKey;
using Error = Unexpected<std::string>;

constexpr std::string_view first_words = "peerpigeon identity ";
constexpr std::string_view version = "1";

/// The four texts, empty until they have been read.
struct Texts {
  std::string_view signing_private;
  std::string_view signing_public;
  std::string_view encryption_private;
  std::string_view encryption_public;

  std::array<std::pair<std::string_view, std::string_view*>, 4> named() {
    return {{{"priv", &signing_private},
             {"pub", &signing_public},
             {"epriv", &encryption_private},
             {"epub", &encryption_public}}};
  }
};

/// Takes the first line off, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The error of the first line, if it has one.
std::optional<std::string> check_first_line(std::string_view line) {
  if (!line.starts_with(first_words)) return "is not a file with the keys of a node";
  if (line.substr(first_words.size()) != version) {
    return "is of another version than 1, the one that is known here";
  }
  return std::nullopt;
}

/// Notes `name text`; gives the error if it is none of the four, or there twice.
std::optional<std::string> take_key(std::string_view line, Texts& texts) {
  const std::size_t space = line.find(' ');
  for (const auto& [name, text] : texts.named()) {
    if (line.substr(0, space) != name) continue;
    if (!text->empty()) return "has the key " + std::string(name) + " twice";
    if (space != std::string_view::npos) *text = line.substr(space + 1);
    return std::nullopt;
  }
  return "has a line that is no key (priv, pub, epriv or epub)";
}

Result<crypto::StoredKeys, std::string> parse(Texts texts) {
  for (const auto& [name, text] : texts.named()) {
    if (text->empty()) return Error("has no key " + std::string(name));
  }
  const auto signing_private = PrivateScalar::parse(texts.signing_private);
  if (!signing_private) return Error("has a damaged key priv");
  const auto signing_public = SigningPublicKey::parse(texts.signing_public);
  if (!signing_public) return Error("has a damaged key pub");
  const auto encryption_private = PrivateScalar::parse(texts.encryption_private);
  if (!encryption_private) return Error("has a damaged key epriv");
  const auto encryption_public = SigningPublicKey::parse(texts.encryption_public);
  if (!encryption_public) return Error("has a damaged key epub");
  return crypto::StoredKeys{*signing_private, *signing_public, *encryption_private,
                            *encryption_public};
}

}  // namespace

std::string encode_identity(const crypto::StoredKeys& keys) {
  std::string signing = keys.signing_private.to_text();
  std::string encryption = keys.encryption_private.to_text();
  const Wiper signing_wiper(signing);
  const Wiper encryption_wiper(encryption);
  std::string text;
  // Grows nowhere below, so that no copy is left behind.
  text.reserve(identity_bytes_max);
  text.append(first_words).append(version);
  text +=
      "\n# Whoever has the two private keys (priv, epriv) is this node. Keep them to yourself.\n";
  text.append("priv ").append(signing).append("\npub ").append(keys.signing_public.to_text());
  text.append("\nepriv ").append(encryption);
  text.append("\nepub ").append(keys.encryption_public.to_text()).append("\n");
  return text;
}

Result<crypto::StoredKeys, std::string> decode_identity(std::string_view text) {
  if (text.empty()) return Error("is empty");
  if (text.size() > identity_bytes_max) return Error("is longer than 4096 bytes");
  if (const auto error = check_first_line(take_line(text))) return Error(*error);
  Texts texts;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.starts_with('#')) continue;
    if (const auto error = take_key(line, texts)) return Error(*error);
  }
  return parse(texts);
}

}  // namespace pigeon::persist
