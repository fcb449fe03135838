#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "crypto/request.hpp"

namespace pigeon::suite {

/// Room for OpenSSL's form of a P-256 signature: a SEQUENCE of two INTEGERs of up to 33 bytes.
using DerSignature = std::array<std::uint8_t, 72>;

/// r and s out of DER; nothing if it is malformed.
std::optional<crypto::SignatureBytes> signature_of_der(BytesView der);

/// Writes r and s as DER into `out` and says how long that is; 0 on failure.
std::size_t der_of_signature(const crypto::SignatureBytes& signature, DerSignature& out);

}  // namespace pigeon::suite
