#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.hpp"
#include "signaling/hub_links.hpp"
#include "wire/signal_data.hpp"

// The input is what two hubs say, a message a line: the first byte of a line names the hub, and may
// close it. Whatever they say, each message has at most one consequence, and that one is sound.

namespace {

using namespace pigeon;
using namespace pigeon::signaling;

const wire::SpelledId self = *wire::SpelledId::parse(std::string(40, '5'));

void check(const HubNews& news) {
  if (const auto* found = std::get_if<Discovered>(&news)) {
    PIGEON_ASSERT(found->peer.id != self.id);
  } else if (const auto* got = std::get_if<DescriptionReceived>(&news)) {
    PIGEON_ASSERT(got->from.id != self.id);
    PIGEON_ASSERT(got->description.sdp.size() <= wire::sdp_bytes_max);
    PIGEON_ASSERT(got->description.sdp.find("v=0") != std::string::npos);
  } else if (const auto* candidate = std::get_if<CandidateReceived>(&news)) {
    PIGEON_ASSERT(candidate->from.id != self.id);
    PIGEON_ASSERT(candidate->candidate.candidate.size() <= wire::candidate_bytes_max);
  } else if (const auto* rejected = std::get_if<Rejected>(&news)) {
    PIGEON_ASSERT(rejected->reason.size() <= 128);
  } else if (const auto* changed = std::get_if<HubChanged>(&news)) {
    PIGEON_ASSERT(changed->reason.size() <= 512);
  }
}

/// Every peer that was named can be answered, through one hub that is connected.
void answer(HubLinks& links, const HubNews& news, Now now) {
  const auto* got = std::get_if<DescriptionReceived>(&news);
  if (got == nullptr) return;
  const bool was_sent = links.send_signal(wire::SignalType::ice_candidate, got->from, "{}", now);
  PIGEON_ASSERT(was_sent == links.is_any_connected());
  PIGEON_ASSERT(links.take_actions().size() == (was_sent ? 1 : 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Now now{.monotonic = Instant{} + 1h};
  HubLinks links(self, "global", 16, {}, Random::from_number(1));
  const HubKey hubs[] = {links.add("ws://one", now).value(), links.add("ws://two", now).value()};
  for (const HubKey hub : hubs) links.opened(hub, now);
  links.take_actions();
  links.take_news();

  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    const HubKey hub = hubs[static_cast<std::uint8_t>(line[0]) & 1U];
    now.monotonic += 1s;
    if (line[0] == 'x' || line[0] == 'y') {
      links.closed(hub, 1006, line.substr(1), now);
    } else {
      links.received(hub, line.substr(1), now);
    }
    const auto all = links.take_news();
    PIGEON_ASSERT(all.size() <= 1);
    PIGEON_ASSERT(links.take_actions().empty());
    for (const HubNews& news : all) {
      check(news);
      answer(links, news, now);
    }
  }
  return 0;
}
