#pragma once

#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "rtc/sdp/offer_answer.hpp"
#include "rtc/sdp/parse.hpp"

namespace pigeon::sdp {

// A text or a change that is not what a test takes it for ends the test program.

/// The description that a text is.
inline SessionDescription parsed(std::string_view text) {
  auto description = parse(text);
  PIGEON_ASSERT(description.has_value());
  return *std::move(description);
}

/// `text` with one part of it replaced; the part must be there.
inline std::string with(std::string_view text, std::string_view part, std::string_view instead) {
  std::string changed(text);
  const std::size_t at = changed.find(part);
  PIGEON_ASSERT(at != std::string::npos);
  return changed.replace(at, part.size(), instead);
}

/// `text` without the line that begins like this.
inline std::string without_line(std::string_view text, std::string_view beginning) {
  const std::size_t begin = text.find("\n" + std::string(beginning));
  PIGEON_ASSERT(begin != std::string_view::npos);
  const std::size_t end = text.find('\n', begin + 1);
  return std::string(text.substr(0, begin)) + std::string(text.substr(end));
}

/// What our side says in the tests.
inline LocalParameters local_parameters() {
  return {.session_id = 4'611'686'018'427'387'904,
          .ice_ufrag = "pgn1",
          .ice_pwd = "pigeonpigeonpigeonpigeon",
          .fingerprints = {{.algorithm = "sha-256", .value = Bytes(32, 0xA5)}}};
}

}  // namespace pigeon::sdp
