#include "persist/identity_text.hpp"

#include <array>

#include "base/wipe.hpp"
#include "persist/identity_lines.hpp"

namespace pigeon::persist {

namespace {

using crypto::PrivateScalar;
using crypto::SigningPublicKey;
using Error = Unexpected<std::string>;

constexpr std::string_view kind = "peerpigeon identity";

}  // namespace

std::string encode_identity(const crypto::StoredKeys& keys) {
  std::string signing = keys.signing_private.to_text();
  std::string encryption = keys.encryption_private.to_text();
  const Wiper signing_wiper(signing);
  const Wiper encryption_wiper(encryption);
  std::string text;
  // Grows nowhere below, so that no copy is left behind.
  text.reserve(identity_bytes_max);
  text.append(kind).append(" 1\n");
  text += "# Whoever has the two private keys (priv, epriv) is this node. Keep them to yourself.\n";
  text.append("priv ").append(signing).append("\npub ").append(keys.signing_public.to_text());
  text.append("\nepriv ").append(encryption);
  text.append("\nepub ").append(keys.encryption_public.to_text()).append("\n");
  return text;
}

Result<crypto::StoredKeys, std::string> decode_identity(std::string_view text) {
  std::array<NamedText, 4> lines = {{{"priv"}, {"pub"}, {"epriv"}, {"epub"}}};
  if (const auto read = read_identity_lines(text, kind, lines); !read) return Error(read.error());
  const auto signing_private = PrivateScalar::parse(lines[0].text);
  if (!signing_private) return Error("has a damaged key priv");
  const auto signing_public = SigningPublicKey::parse(lines[1].text);
  if (!signing_public) return Error("has a damaged key pub");
  const auto encryption_private = PrivateScalar::parse(lines[2].text);
  if (!encryption_private) return Error("has a damaged key epriv");
  const auto encryption_public = SigningPublicKey::parse(lines[3].text);
  if (!encryption_public) return Error("has a damaged key epub");
  return crypto::StoredKeys{*signing_private, *signing_public, *encryption_private,
                            *encryption_public};
}

}  // namespace pigeon::persist
