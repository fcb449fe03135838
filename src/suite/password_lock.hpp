#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "crypto/locked_text.hpp"
#include "pigeon/result.hpp"
#include "suite/suite_error.hpp"

namespace pigeon::suite {

/// Rounds of what is locked now: OWASP's advice for PBKDF2 with HMAC-SHA-256. Upstream takes
/// 100,000.
inline constexpr std::uint32_t lock_rounds = 600'000;

/// Locks a text by a password, with a salt and an initialization vector of its own. Takes a
/// noticeable part of a second, which is what somebody who guesses pays for each guess.
Result<crypto::LockedText, SuiteError> lock(BytesView text, std::string_view password);

/// The text; `wrong_password` if that is not the password, or anything was changed. Takes a time in
/// proportion to the rounds, which the caller has bounded. Whoever keeps the text wipes it.
Result<Bytes, SuiteError> unlock(const crypto::LockedText& locked, std::string_view password);

/// `lock` with everything chosen by the caller. For published vectors, and for tests that cannot
/// wait: the same salt and vector for two texts give both away.
Result<crypto::LockedText, SuiteError> lock_with(BytesView text, std::string_view password,
                                                 std::uint32_t rounds,
                                                 const std::array<std::uint8_t, 16>& salt,
                                                 const std::array<std::uint8_t, 12>& iv);

}  // namespace pigeon::suite
