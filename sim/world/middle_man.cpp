#include "sim/world/middle_man.hpp"

#include <memory>
#include <utility>
#include <variant>

#include "wire/signal_data.hpp"

namespace pigeon::sim {

MiddleMan::MiddleMan(LinkNetwork& network, Say say)
    : network_(network), say_(std::move(say)), owner_(network.add(*this)) {}

bool MiddleMan::intercept(const wire::RelayedSignal& signal, bool wants_more) {
  const auto from = PeerId::parse(signal.from);
  const auto to = PeerId::parse(signal.to);
  if (!from || !to) return false;
  // The data lies in another reader's memory than ours.
  const std::string data(signal.data);
  if (signal.type == wire::SignalType::offer) return wants_more && begin(*from, *to, data);
  if (signal.type == wire::SignalType::answer) return take_answer(*from, *to, data);
  return signal.type == wire::SignalType::ice_candidate && take_candidate(*from, *to, data);
}

bool MiddleMan::begin(const PeerId& caller, const PeerId& called, std::string_view data) {
  const auto parsed = reader_.parse(data);
  if (!parsed) return false;
  const auto offer = wire::decode_description(parsed->raw, reader_);
  if (!offer) return false;
  const node::LinkId near{next_link_++};
  const node::LinkId far{next_link_++};
  sides_[near] = {.peer = caller, .wanted = called, .other = far};
  sides_[far] = {.peer = called, .wanted = caller, .other = near, .is_answered = true};
  network_.accept(owner_, near, *offer);
  network_.dial(owner_, far);
  return true;
}

// The last meeting of two counts.
std::optional<node::LinkId> MiddleMan::find(const PeerId& peer, const PeerId& wanted) const {
  for (auto side = sides_.rbegin(); side != sides_.rend(); ++side) {
    if (side->second.peer == peer && side->second.wanted == wanted) return side->first;
  }
  return std::nullopt;
}

bool MiddleMan::take_answer(const PeerId& from, const PeerId& to, std::string_view data) {
  const auto link = find(from, to);
  if (!link) return false;
  const auto parsed = reader_.parse(data);
  if (!parsed) return false;
  const auto answer = wire::decode_description(parsed->raw, reader_);
  if (!answer) return false;
  network_.apply(owner_, *link, *answer);
  const auto other = sides_.find(sides_[*link].other);
  if (other == sides_.end()) return true;
  other->second.is_answered = true;
  tell(other->second);
  return true;
}

bool MiddleMan::take_candidate(const PeerId& from, const PeerId& to, std::string_view data) {
  const auto link = find(from, to);
  if (!link) return false;
  const auto parsed = reader_.parse(data);
  if (!parsed) return false;
  const auto candidate = wire::decode_candidate(parsed->raw, reader_);
  if (candidate) network_.apply(owner_, *link, *candidate);
  return true;
}

// What we have for a side goes out as soon as it may: the answer only when the other side has
// answered.
void MiddleMan::tell(Side& side) {
  if (!side.is_answered) return;
  if (side.description) {
    const bool is_offer = side.description->type == rtc::SdpType::offer;
    say(side, is_offer ? wire::SignalType::offer : wire::SignalType::answer,
        wire::encode_data(*side.description));
    side.description.reset();
  }
  if (side.candidate) {
    say(side, wire::SignalType::ice_candidate, wire::encode_data(*side.candidate));
    side.candidate.reset();
  }
}

void MiddleMan::say(const Side& side, wire::SignalType type, std::string_view data) {
  const std::string from = side.wanted.to_text();
  const std::string to = side.peer.to_text();
  say_(side.peer, wire::encode(wire::RelayedSignal{
                      .type = type, .data = data, .from = from, .to = to, .network = "global"}));
}

void MiddleMan::receive_link(const node::Input& input) {
  if (const auto* described = std::get_if<node::LinkDescription>(&input)) {
    Side& side = sides_[described->link];
    side.description = described->description;
    tell(side);
  } else if (const auto* found = std::get_if<node::LinkCandidate>(&input)) {
    Side& side = sides_[found->link];
    side.candidate = found->candidate;
    tell(side);
  } else if (const auto* text = std::get_if<node::LinkText>(&input)) {
    ++text_count_;
    network_.send_text(owner_, sides_[text->link].other,
                       std::make_shared<const std::string>(text->text));
  } else if (const auto* binary = std::get_if<node::LinkBinary>(&input)) {
    network_.send_binary(owner_, sides_[binary->link].other,
                         Bytes(binary->data.begin(), binary->data.end()));
  } else if (const auto* closed = std::get_if<node::LinkClosed>(&input)) {
    const node::LinkId other = sides_[closed->link].other;
    sides_.erase(closed->link);
    network_.close(owner_, other);
    sides_.erase(other);
  }
}

}  // namespace pigeon::sim
