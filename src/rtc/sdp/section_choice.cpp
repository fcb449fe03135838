#include "rtc/sdp/section_choice.hpp"

#include <algorithm>
#include <string>

namespace pigeon::sdp::detail {
namespace {

bool is_audio_or_video(const MediaSection& section) {
  return section.kind == "audio" || section.kind == "video";
}

template <class Predicate>
std::optional<std::size_t> first_usable(const SessionDescription& description, Predicate wanted) {
  for (std::size_t i = 0; i < description.media.size(); ++i) {
    if (is_usable(description.media[i]) && wanted(description.media[i])) return i;
  }
  return std::nullopt;
}

bool contains(const std::vector<std::size_t>& members, std::size_t section) {
  return std::find(members.begin(), members.end(), section) != members.end();
}

/// The usable sections that a group names, each once.
std::vector<std::size_t> members_of(const std::vector<std::string>& bundle,
                                    const SessionDescription& description) {
  std::vector<std::size_t> members;
  for (const std::string& mid : bundle) {
    const auto section = find_section(description, mid);
    if (!section || !is_usable(description.media[*section])) continue;
    if (!contains(members, *section)) members.push_back(*section);
  }
  return members;
}

/// The members of the group that has the section of data channels, or of the first one.
std::vector<std::size_t> choose_bundle(const SessionDescription& description,
                                       std::optional<std::size_t> application) {
  for (const auto& bundle : description.bundles) {
    std::vector<std::size_t> members = members_of(bundle, description);
    if (members.empty()) continue;
    if (!application || contains(members, *application)) return members;
  }
  return {};
}

}  // namespace

bool SectionChoice::includes(std::size_t section) const { return contains(members, section); }

bool is_usable(const MediaSection& section) { return section.port != 0 || section.bundle_only; }

SectionChoice choose_sections(const SessionDescription& description) {
  SectionChoice choice;
  choice.application = first_usable(description, is_data_section);
  choice.members = choose_bundle(description, choice.application);
  choice.is_bundle = !choice.members.empty();
  if (!choice.is_bundle) {
    choice.tagged =
        choice.application ? choice.application : first_usable(description, is_audio_or_video);
    if (choice.tagged) choice.members = {*choice.tagged};
    return choice;
  }
  choice.tagged = choice.members.front();
  // Only one section of data channels can be taken (RFC 8829 section 5.3.1).
  if (is_data_section(description.media[*choice.tagged])) choice.application = choice.tagged;
  std::erase_if(choice.members, [&](std::size_t member) {
    return member != *choice.tagged && member != choice.application &&
           !is_audio_or_video(description.media[member]);
  });
  return choice;
}

const MediaSection& transport_section(const SessionDescription& description,
                                      const SectionChoice& choice) {
  const MediaSection& tagged = description.media[*choice.tagged];
  if (!tagged.ice_ufrag.empty() || !choice.application) return tagged;
  return description.media[*choice.application];
}

}  // namespace pigeon::sdp::detail
