#pragma once

#include <string_view>

namespace pigeon::suite {

/// Why a cryptographic operation gave no result.
enum class SuiteError {
  /// The operating system gave no randomness.
  no_randomness,
  /// A private scalar is zero or not below the order of the curve.
  invalid_private_key,
  /// A public key is not that of its private one.
  mismatched_keys,
  /// A text was locked by another password, or has been changed since; these cannot be told apart.
  wrong_password,
  /// OpenSSL failed for another reason: out of memory, or P-256 or SHA-256 switched off.
  library_failure,
};

/// A few words for logs.
constexpr std::string_view to_string(SuiteError error) {
  switch (error) {
    case SuiteError::no_randomness:
      return "no randomness";
    case SuiteError::invalid_private_key:
      return "invalid private key";
    case SuiteError::mismatched_keys:
      return "public key does not fit its private key";
    case SuiteError::wrong_password:
      return "wrong password or damaged data, which cannot be told apart";
    case SuiteError::library_failure:
      return "cryptographic library failed";
  }
  return "unknown error";
}

}  // namespace pigeon::suite
