#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pigeon/result.hpp"
#include "rtc/sdp/parse.hpp"

namespace pigeon::sdp::detail {

/// True: the attribute has been taken into the section. False: it is none of those known here.
using Taken = Result<bool, SdpErrorKind>;

/// Reads what may stand in the session as well as in a section: ICE and DTLS.
Taken read_transport_attribute(MediaSection& section, std::string_view attribute);

/// Reads what may only stand in a section.
Taken read_section_attribute(MediaSection& section, std::string_view attribute);

/// The number that the whole text is; the largest one if it is larger than that. Nothing if there
/// is anything but digits.
std::optional<std::uint64_t> read_number(std::string_view text);

/// The words between spaces; no more than `words_max` and one.
std::vector<std::string> split_words(std::string_view text, std::size_t words_max);

}  // namespace pigeon::sdp::detail
