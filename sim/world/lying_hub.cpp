#include "sim/world/lying_hub.hpp"

#include <variant>

#include "wire/server_message.hpp"

namespace pigeon::sim {

namespace {
/// When an offer is said again: while its link comes about or is new, and when it is old.
constexpr Duration repeat_pauses[] = {1500ms, 25s};
constexpr std::string_view fingerprint_mark = "a=fingerprint:sha-256 ";
}  // namespace

LyingHub::LyingHub(MeshWorld& world, const Habits& habits)
    : world_(world),
      habits_(habits),
      random_(world.random().split()),
      middle_man_(world.links(),
                  [this](const PeerId& to, std::string_view text) { say(to, text); }) {
  world_.expect_lies();
  world_.set_hub_filter(
      [this](const MeshNode& node, std::string_view text) { return filter(node, text); });
  lie_again();
}

std::optional<std::string> LyingHub::filter(const MeshNode& node, std::string_view text) {
  const auto message = wire::decode_server_message(text, reader_);
  const auto* signal = message ? std::get_if<wire::RelayedSignal>(&*message) : nullptr;
  if (signal == nullptr) return std::string(text);
  const bool is_offer = signal->type == wire::SignalType::offer;
  const bool is_answer = signal->type == wire::SignalType::answer;
  // What goes through the middle man goes on so, even when the lying has stopped.
  const bool wants_more = is_lying_ && random_.chance(habits_.middle_man, 100);
  if (middle_man_.intercept(*signal, wants_more)) return std::nullopt;
  if (!is_lying_) return std::string(text);
  if (is_offer && random_.chance(habits_.repeated, 100)) repeat(node.id(), text);
  if ((is_offer || is_answer) && random_.chance(habits_.exchanged_fingerprint, 100)) {
    return exchange_fingerprint(text);
  }
  return std::string(text);
}

void LyingHub::repeat(const PeerId& to, std::string_view offer) {
  for (const Duration pause : repeat_pauses) {
    world_.scheduler().after(pause, [this, to, text = std::string(offer)] {
      if (!is_lying_) return;
      ++repeated_count_;
      say(to, text);
    });
  }
}

std::string LyingHub::exchange_fingerprint(std::string_view text) {
  std::string changed(text);
  const std::size_t at = changed.find(fingerprint_mark);
  if (at == std::string::npos) return changed;
  char& digit = changed[at + fingerprint_mark.size() + random_.below(2)];
  digit = digit == 'A' ? 'B' : 'A';
  return changed;
}

void LyingHub::say(const PeerId& to, std::string_view text) {
  for (MeshNode* node : world_.nodes()) {
    if (node->id() == to) node->hear_from_hub(text);
  }
}

void LyingHub::lie_again() {
  if (!is_lying_ || habits_.lies_per_second == 0) return;
  const auto nodes = world_.nodes();
  if (!nodes.empty()) {
    MeshNode& victim = *nodes[random_.below(nodes.size())];
    victim.hear_from_hub(lie(victim.id()));
  }
  const auto period = static_cast<std::int64_t>(1'000'000 / habits_.lies_per_second);
  world_.scheduler().after(Duration(period), [this] { lie_again(); });
}

std::string LyingHub::random_member_text() {
  const auto all = world_.participants();
  return all[random_.below(all.size())].id.to_text();
}

std::string LyingHub::lie(const PeerId& to) {
  const std::string target = to.to_text();
  const std::string nobody = random_.id<PeerId>().to_text();
  const std::string member = random_member_text();
  switch (random_.below(5)) {
    case 0:
      return wire::encode(wire::PeerDiscovered{
          .peer_id = nobody, .members = "", .to = target, .network = "global"});
    case 1:
      return wire::encode(
          wire::PeerDisconnected{.peer_id = member, .to = target, .network = "global"});
    case 2:
      return wire::encode(
          wire::RelayedGoodbye{.data = "{}", .from = member, .to = target, .network = "global"});
    case 3:
      return wire::encode(wire::RelayedSignal{.type = wire::SignalType::answer,
                                              .data = R"({"type":"answer","sdp":"v=0 nonsense"})",
                                              .from = member,
                                              .to = target,
                                              .network = "global"});
    default:
      return std::string(random_.below(64), '[') + nobody;
  }
}

}  // namespace pigeon::sim
