#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pigeon::net::http {

using Field = std::pair<std::string_view, std::string>;

/// How the connection goes on after a response.
enum class Afterwards : std::uint8_t { close, keep_alive };

/// What an idle connection is given until its next request.
inline constexpr int keep_alive_seconds = 5;

/// The head of a response, up to and including the empty line, with the fields `Date`, `Connection`
/// and, where the status allows a body, `Content-Length`. Line breaks in values become spaces.
std::string encode_head(unsigned status, std::span<const Field> fields, std::size_t body_bytes,
                        Afterwards afterwards, std::string_view date);

/// Whether a response of this status has a body (RFC 9112 section 6.3).
bool has_body(unsigned status);

/// A moment as the `Date` field has it (RFC 9110 section 5.6.7).
std::string format_date(std::int64_t wall_ms);

}  // namespace pigeon::net::http
