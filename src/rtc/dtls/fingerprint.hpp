#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace pigeon::dtls {

/// The hash of a certificate, as SDP carries it (RFC 8122 section 5).
struct Fingerprint {
  /// In lower case: `sha-256`, `sha-384` or `sha-512` can be checked.
  std::string algorithm;
  Bytes digest;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// The fingerprint of a certificate in DER. Nothing if the algorithm is not one of the three:
/// weaker ones prove nothing (RFC 8122 section 5 demands SHA-256).
std::optional<Fingerprint> fingerprint_of(BytesView certificate, std::string_view algorithm);

}  // namespace pigeon::dtls
