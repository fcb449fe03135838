#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "rtc/sdp/session_description.hpp"

namespace pigeon::sdp::detail {

/// Which sections of a description share the transport that data channels use.
struct SectionChoice {
  /// The section of data channels, if there is one that is not rejected.
  std::optional<std::size_t> application;
  /// The section that stands for the transport (RFC 8843 section 7.1.3); nothing if there is no
  /// section for us at all.
  std::optional<std::size_t> tagged;
  /// The sections in use, the tagged one first, in the order of the BUNDLE group.
  std::vector<std::size_t> members;
  /// Whether the members are those of a group, not one section alone.
  bool is_bundle = false;

  bool includes(std::size_t section) const;
};

/// Not rejected: it has a port, or is offered without one of its own (RFC 8843 section 6).
bool is_usable(const MediaSection& section);

/// Chooses the group with the first section of data channels, or else the first group, or else a
/// single section. Of the group, audio, video, the data channels and the tagged section are taken;
/// taking the tagged one whatever it is saves moving the tag.
SectionChoice choose_sections(const SessionDescription& description);

/// The section whose ICE and DTLS attributes count: the tagged one (RFC 8843 section 7.1.3), but
/// that of the data channels if only that has any. There is a tagged one.
const MediaSection& transport_section(const SessionDescription& description,
                                      const SectionChoice& choice);

}  // namespace pigeon::sdp::detail
