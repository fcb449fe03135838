// What the demo makes of its peers' events.
#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "apps/peerpigeon/answers.hpp"
#include "apps/peerpigeon/demo.hpp"
#include "apps/peerpigeon/file_names.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

using namespace std::chrono_literals;
using pigeon::PeerId;

namespace {

constexpr std::size_t answers_per_second_max = 10;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

void Demo::take(Arrival& arrival) {
  const std::size_t index = arrival.node;
  if (arrival.is_overrun) {
    const auto& overrun = std::get<pigeon::StreamAborted>(arrival.event);
    (void)peers_[index].node->abort_stream(overrun.stream, overrun.reason);
  }
  if (const auto* linked = std::get_if<pigeon::PeerConnected>(&arrival.event)) {
    take_link(index, linked->peer, arrival.at);
  } else if (const auto* gone = std::get_if<pigeon::PeerDisconnected>(&arrival.event)) {
    take_loss(index, gone->peer);
  } else if (const auto* message = std::get_if<pigeon::MessageReceived>(&arrival.event)) {
    take_message(index, *message, arrival.at);
  } else {
    take_stream_event(index, arrival.event);
    auto report = describe(arrival.event, peers_[index].id);
    const bool is_hub = std::holds_alternative<pigeon::HubStatusChanged>(arrival.event);
    if (!report || (is_hub && report->level == Verbosity::info)) return;
    // A hub that comes later is worth a line, but not one for each peer.
    if (is_hub && index > 0) report->level = Verbosity::debug;
    // Who has no room for whom among our own is not worth a line.
    const auto* failed = std::get_if<pigeon::ConnectFailed>(&arrival.event);
    if (failed != nullptr && index_of(failed->peer)) report->level = Verbosity::debug;
    report->text = fmt::format("{}: {}", peers_[index].name, report->text);
    report->fields["name"] = peers_[index].name;
    console_.tell(*report);
  }
}

void Demo::take_link(std::size_t index, const PeerId& peer, Clock::time_point at) {
  Peer& ours = peers_[index];
  ours.links.insert(peer);
  const auto other = index_of(peer);
  if (!other) {
    if (++guests_[peer] > 1) return;
    console_.answer({Verbosity::info,
                     "guest_joined",
                     fmt::format("+ {} has joined, linked with {}", short_id(peer), ours.name),
                     {{"peer", peer.to_text()}, {"name", ours.name}}});
    return;
  }
  // Both ends tell; the second one makes the link.
  if (!peers_[*other].links.contains(ours.id)) return;
  last_link_at_ = at;
  const double seconds = seconds_since_start(at);
  const auto& [a, b] = std::minmax(index, *other);
  console_.answer({Verbosity::info,
                   "linked",
                   fmt::format("  {:5.2f} s  {:<6} --- {:<6}  {}", seconds, peers_[a].name,
                               peers_[b].name, counted(links().size(), "link")),
                   {{"a", peers_[a].name}, {"b", peers_[b].name}, {"after_ms", seconds * 1e3}}});
}

void Demo::take_loss(std::size_t index, const PeerId& peer) {
  peers_[index].links.erase(peer);
  if (const auto other = index_of(peer)) {
    if (peers_[*other].links.contains(peers_[index].id)) return;
    console_.answer({Verbosity::info,
                     "unlinked",
                     fmt::format("  {} -/- {}", peers_[index].name, peers_[*other].name),
                     {{"a", peers_[index].name}, {"b", peers_[*other].name}}});
    return;
  }
  const auto guest = guests_.find(peer);
  if (guest == guests_.end() || --guest->second > 0) return;
  guests_.erase(guest);
  console_.answer({Verbosity::info,
                   "guest_left",
                   fmt::format("- {} has left", short_id(peer)),
                   {{"peer", peer.to_text()}}});
}

void Demo::take_message(std::size_t index, const pigeon::MessageReceived& message,
                        Clock::time_point at) {
  if (index_of(message.from)) {
    if (crossing_ && crossing_->id == message.id) show_hearing(index, message, at);
    return;
  }
  // All of ours hear a broadcast; one of them, always the same for one message, takes it up.
  const std::size_t chosen = message.id.bytes().front() % count_;
  if (!message.direct && index != chosen) return;
  auto report = describe(pigeon::NodeEvent(message), peers_[index].id);
  if (report && message.direct) {
    report->text =
        fmt::format("{} to {}: {}", short_id(message.from), peers_[index].name,
                    pigeon::safe_text(message.text.empty() ? message.json : message.text));
  }
  if (report) console_.answer(*report);
  answer(index, message);
}

void Demo::show_hearing(std::size_t index, const pigeon::MessageReceived& message,
                        Clock::time_point at) {
  if (peers_[index].id == message.from || !crossing_->heard_by.insert(index).second) return;
  const double after = milliseconds(at - crossing_->sent_at);
  const std::string way = message.hops == 0
                              ? "straight from " + name_of(message.from)
                              : fmt::format("passed on by {}", counted(message.hops, "peer"));
  console_.answer({Verbosity::info,
                   "heard",
                   fmt::format("  +{:6.2f} ms  {:<6} hears it, {}", after, peers_[index].name, way),
                   {{"name", peers_[index].name}, {"after_ms", after}, {"hops", message.hops}}});
}

/// Files are for a peer that keeps them; here they only show that they arrive.
void Demo::take_stream_event(std::size_t index, const pigeon::NodeEvent& event) {
  if (const auto* begun = std::get_if<pigeon::StreamReceived>(&event)) {
    files_[{index, begun->stream}] = sanitize_file_name(begun->info.filename);
  } else if (const auto* broken = std::get_if<pigeon::StreamAborted>(&event)) {
    files_.erase({index, broken->stream});
  } else if (const auto* done = std::get_if<pigeon::StreamCompleted>(&event)) {
    const auto file = files_.find({index, done->stream});
    if (file == files_.end()) return;
    console_.answer(
        {Verbosity::info,
         "file_received",
         fmt::format("{} has sent {} to {}, {}; the demo keeps no files", short_id(done->peer),
                     file->second, peers_[index].name, format_bytes(done->total_bytes)),
         {{"peer", done->peer.to_text()}, {"name", file->second}, {"bytes", done->total_bytes}}});
    files_.erase(file);
  }
}

void Demo::answer(std::size_t index, const pigeon::MessageReceived& message) {
  Peer& peer = peers_[index];
  const auto text = answer_to(message.text, short_id(message.from), peer.name, peer.links.size());
  if (!text || !may_answer()) return;
  const auto sent = message.direct ? peer.node->send_direct_message(message.from, *text)
                                   : peer.node->send_message(*text);
  if (!sent) return;
  console_.answer({Verbosity::info,
                   "answered",
                   fmt::format("{}{}: {}", peer.name,
                               message.direct ? " to " + short_id(message.from) : "", *text),
                   {{"name", peer.name}, {"to", message.from.to_text()}, {"content", *text}}});
}

/// Nobody shall make the demo flood the mesh.
bool Demo::may_answer() {
  const auto now = Clock::now();
  if (now - answers_since_ >= 1s) {
    answers_since_ = now;
    answers_ = 0;
  }
  return ++answers_ <= answers_per_second_max;
}

}  // namespace peerpigeon
