#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "signaling/hub_links.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::signaling {

inline Now at(Duration since_start) {
  return {.monotonic = Instant{} + 1h + since_start, .wall_ms = 1'700'000'000'000};
}

/// An id for tests.
inline wire::SpelledId spelled(char digit) {
  return *wire::SpelledId::parse(std::string(40, digit));
}
inline const wire::SpelledId self = spelled('5');
inline const wire::SpelledId alice = spelled('a');
inline const wire::SpelledId bob = spelled('b');

/// Those of one kind, in their order.
template <class T, class Variant>
std::vector<T> only(std::vector<Variant> all) {
  std::vector<T> found;
  for (Variant& one : all) {
    if (T* typed = std::get_if<T>(&one)) found.push_back(std::move(*typed));
  }
  return found;
}

inline HubLinks make_links(HubLinksOptions options = {}, std::uint64_t seed = 1,
                           std::string network = "global") {
  return {self, std::move(network), 16, options, Random::from_number(seed)};
}

inline bool send_offer(HubLinks& links, const wire::SpelledId& to, Now now) {
  const rtc::SessionDescription offer{rtc::SdpType::offer, "v=0\r\nexample"};
  return links.send_signal(wire::SignalType::offer, to, wire::encode_data(offer), now);
}

/// The hubs of a node, and short ways to play them.
struct HubLinksScene {
  /// A hub that is open, its first actions and news taken.
  HubKey add_open(const std::string& url, Duration when = 0s) {
    const HubKey hub = links.add(url, at(when)).value();
    links.opened(hub, at(when));
    links.take_actions();
    links.take_news();
    return hub;
  }
  /// What follows from a message.
  std::vector<HubNews> news_of(HubKey hub, const std::string& text, Duration when = 1s) {
    links.received(hub, text, at(when));
    return links.take_news();
  }
  std::vector<std::string> sent_to(HubKey hub) {
    std::vector<std::string> texts;
    for (SendToHub& send : only<SendToHub>(links.take_actions())) {
      if (send.hub == hub) texts.push_back(std::move(send.text));
    }
    return texts;
  }

  HubLinks links = make_links();
};

}  // namespace pigeon::signaling
