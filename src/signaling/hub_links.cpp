#include "signaling/hub_links.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "signaling/hub_url.hpp"
#include "wire/client_message.hpp"
#include "wire/json_writer.hpp"
#include "wire/signal_data.hpp"

namespace pigeon::signaling {

namespace {

/// Bytes of a reason that is repeated to the application.
constexpr std::size_t reason_bytes_max = 512;
/// 2 to the power of this, times the first wait, is beyond any longest wait.
constexpr std::uint32_t doublings_max = 20;

/// Comes back once a second, so as many for a minute.
TokenRate rate_of(const HubLinksOptions& options) {
  constexpr std::uint32_t per_second_max = 0xffff'ffff / 60;
  return {.per_minute = std::min(options.messages_per_second, per_second_max) * 60,
          .burst = options.messages_burst};
}

}  // namespace

HubLinks::HubLinks(wire::SpelledId self, std::string network, std::uint32_t max_peers,
                   const HubLinksOptions& options, Random random)
    : self_(self),
      self_text_(self.to_text()),
      network_(std::move(network)),
      max_peers_(max_peers),
      options_(options),
      random_(random),
      named_by_({.count_max = options.named_count_max}, KeyedHash(random_)) {}

Result<HubKey, std::string> HubLinks::add(std::string_view url, Now now) {
  auto address = hub_url(url, self_text_);
  if (!address) return Unexpected(std::move(address).error());
  for (Hub& hub : hubs_) {
    if (hub.url != *address) continue;
    if (hub.state == HubState::waiting) open(hub, now);
    return hub.key;
  }
  if (hubs_.size() >= options_.hub_count_max) {
    return Unexpected("There are " + std::to_string(hubs_.size()) +
                      " hubs already. Leave them before you add others.");
  }
  hubs_.push_back({.key = HubKey{next_key_++},
                   .name = std::string(url),
                   .url = std::move(*address),
                   .messages = TokenBucket(rate_of(options_))});
  open(hubs_.back(), now);
  return hubs_.back().key;
}

void HubLinks::leave(Now now) {
  for (Hub& hub : hubs_) {
    if (hub.state == HubState::connected) {
      send(hub, wire::encode_goodbye(self_text_, now.wall_ms, network_), now);
    }
    if (hub.state == HubState::waiting) continue;
    actions_.emplace_back(CloseHub{hub.key});
    hub.state = HubState::waiting;
    tell_state(hub, {}, Duration::zero());
  }
  hubs_.clear();
  named_by_.clear();
}

void HubLinks::set_network(std::string_view network, Now now) {
  if (network == network_) return;
  network_ = network;
  named_by_.clear();
  for (Hub& hub : hubs_) {
    if (hub.state == HubState::connected) announce(hub, now);
  }
}

void HubLinks::set_max_peers(std::uint32_t count) { max_peers_ = count; }

void HubLinks::opened(HubKey key, Now now) {
  Hub* const hub = find(key);
  if (hub == nullptr || hub->state != HubState::connecting) return;
  hub->state = HubState::connected;
  hub->opened_at = now.monotonic;
  tell_state(*hub, {}, Duration::zero());
  announce(*hub, now);
}

void HubLinks::closed(HubKey key, std::uint16_t code, std::string_view reason, Now now) {
  Hub* const hub = find(key);
  // One that waits was given up before this.
  if (hub == nullptr || hub->state == HubState::waiting) return;
  std::string words(first_bytes(reason, reason_bytes_max));
  if (words.empty()) words = "The hub closed the connection (" + std::to_string(code) + ").";
  lose(*hub, std::move(words), now);
}

bool HubLinks::send_rejection(const wire::SpelledId& to, std::size_t links, std::size_t links_max,
                              Now now) {
  wire::JsonObjectWriter data;
  data.text("reason", "max_peers_reached").text("details", "No room for another link");
  data.number("currentCount", static_cast<std::int64_t>(links));
  data.number("maxPeers", static_cast<std::int64_t>(links_max));
  return send_signal(wire::SignalType::connection_rejected, to, data.finish(), now);
}

bool HubLinks::is_any_connected() const {
  return std::ranges::any_of(hubs_,
                             [](const Hub& hub) { return hub.state == HubState::connected; });
}

bool HubLinks::has_way_to(const PeerId& peer) const {
  const HubKey* const key = named_by_.find(peer);
  return key != nullptr && std::ranges::any_of(hubs_, [&](const Hub& hub) {
           return hub.key == *key && hub.state == HubState::connected;
         });
}

std::vector<std::string> HubLinks::urls() const {
  std::vector<std::string> urls;
  for (const Hub& hub : hubs_) urls.push_back(hub.name);
  return urls;
}

void HubLinks::handle_timeout(Now now) {
  for (Hub& hub : hubs_) {
    if (now.monotonic < hub.deadline) continue;
    switch (hub.state) {
      case HubState::waiting:
        open(hub, now);
        break;
      case HubState::connecting:
        actions_.emplace_back(CloseHub{hub.key});
        lose(hub, "The hub did not answer in time. Check the address, or wait for it.", now);
        break;
      case HubState::connected:
        send(hub, wire::encode_ping(self_text_), now);
        break;
    }
  }
}

Instant HubLinks::next_timeout() const {
  Instant next = Instant::max();
  for (const Hub& hub : hubs_) next = std::min(next, hub.deadline);
  return next;
}

std::vector<HubAction> HubLinks::take_actions() { return std::exchange(actions_, {}); }

std::vector<HubNews> HubLinks::take_news() { return std::exchange(news_, {}); }

HubLinks::Hub* HubLinks::find(HubKey key) {
  const auto at = std::ranges::find(hubs_, key, &Hub::key);
  return at == hubs_.end() ? nullptr : &*at;
}

/// The connected hub that named the peer last, or else the first one that is connected.
HubLinks::Hub* HubLinks::choose(const PeerId& peer) {
  if (const HubKey* const key = named_by_.find(peer)) {
    Hub* const hub = find(*key);
    if (hub != nullptr && hub->state == HubState::connected) return hub;
  }
  const auto at = std::ranges::find(hubs_, HubState::connected, &Hub::state);
  return at == hubs_.end() ? nullptr : &*at;
}

void HubLinks::open(Hub& hub, Now now) {
  hub.state = HubState::connecting;
  hub.deadline = now.monotonic + options_.open_time_max;
  actions_.emplace_back(OpenHub{hub.key, hub.url});
  tell_state(hub, {}, Duration::zero());
}

/// After every end that we did not ask for, whatever its code: upstream's clients take 1000 for
/// the end of the mesh, and a server that goes sends just that.
void HubLinks::lose(Hub& hub, std::string reason, Now now) {
  const bool was_stable =
      hub.state == HubState::connected && now.monotonic - hub.opened_at >= options_.stable_after;
  if (was_stable) hub.attempt_count = 0;
  const Duration wait = retry_wait(hub.attempt_count);
  if (hub.attempt_count < doublings_max) ++hub.attempt_count;
  hub.state = HubState::waiting;
  hub.deadline = now.monotonic + wait;
  tell_state(hub, std::move(reason), wait);
}

/// Half of the wait is the same for all, half is chance.
Duration HubLinks::retry_wait(std::uint32_t attempt_count) {
  Duration whole = options_.retry_first;
  for (std::uint32_t i = 0; i < attempt_count && whole < options_.retry_max; ++i) whole *= 2;
  whole = std::min(whole, options_.retry_max);
  const Duration half = whole / 2;
  const auto spread = static_cast<std::uint64_t>((whole - half).count()) + 1;
  return half + Duration(static_cast<Duration::rep>(random_.below(spread)));
}

void HubLinks::send(Hub& hub, std::string text, Now now) {
  hub.deadline = now.monotonic + options_.ping_interval;
  actions_.emplace_back(SendToHub{hub.key, std::move(text)});
}

void HubLinks::announce(Hub& hub, Now now) {
  send(hub, wire::encode_announce(self_text_, network_, max_peers_, wire::announced_capability()),
       now);
}

void HubLinks::tell_state(const Hub& hub, std::string reason, Duration retry_in) {
  news_.emplace_back(HubChanged{.hub = hub.key,
                                .url = hub.name,
                                .state = hub.state,
                                .reason = std::move(reason),
                                .retry_in = retry_in});
}

bool HubLinks::send_signal(wire::SignalType type, const wire::SpelledId& to, std::string_view data,
                           Now now) {
  Hub* const hub = choose(to.id);
  if (hub == nullptr) return false;
  const std::string target = to.to_text();
  send(*hub,
       wire::encode_signal({.type = type, .network = network_, .target = target, .data = data}),
       now);
  return true;
}

}  // namespace pigeon::signaling
