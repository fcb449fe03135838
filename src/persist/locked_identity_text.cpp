#include "persist/locked_identity_text.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <system_error>

#include "base/base64.hpp"
#include "persist/identity_lines.hpp"

namespace pigeon::persist {

namespace {

using Error = Unexpected<std::string>;

constexpr std::string_view kind = "peerpigeon locked identity";

/// The number, if it is written as `std::to_string` writes it and within the bounds.
std::optional<std::uint32_t> parse_rounds(std::string_view text) {
  std::uint32_t rounds = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, rounds);
  if (read.ec != std::errc() || read.ptr != end || text.starts_with('0')) return std::nullopt;
  if (rounds < lock_rounds_min || rounds > lock_rounds_max) return std::nullopt;
  return rounds;
}

}  // namespace

std::string encode_identity(const crypto::LockedText& locked) {
  std::string text(kind);
  text.append(" 1\nrounds ").append(std::to_string(locked.rounds));
  text.append("\nsalt ").append(encode_base64url(locked.salt));
  text.append("\niv ").append(encode_base64url(locked.iv));
  text.append("\ndata ").append(encode_base64url(locked.ciphertext)).append("\n");
  return text;
}

bool is_locked_identity(std::string_view text) { return text.starts_with(kind); }

Result<crypto::LockedText, std::string> decode_locked_identity(std::string_view text) {
  std::array<NamedText, 4> lines = {{{"rounds"}, {"salt"}, {"iv"}, {"data"}}};
  if (const auto read = read_identity_lines(text, kind, lines); !read) return Error(read.error());
  crypto::LockedText locked;
  const auto rounds = parse_rounds(lines[0].text);
  if (!rounds) return Error("has rounds that are no number from 100000 to 10000000");
  locked.rounds = *rounds;
  const auto salt = decode_base64url_array<sizeof locked.salt>(lines[1].text);
  if (!salt) return Error("has a damaged salt");
  locked.salt = *salt;
  const auto iv = decode_base64url_array<sizeof locked.iv>(lines[2].text);
  if (!iv) return Error("has a damaged iv");
  locked.iv = *iv;
  auto data = decode_base64url(lines[3].text);
  if (!data) return Error("has damaged data");
  locked.ciphertext = *std::move(data);
  return locked;
}

}  // namespace pigeon::persist
