#include "apps/peerpigeon/demo.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "apps/peerpigeon/answers.hpp"
#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/file_names.hpp"
#include "apps/peerpigeon/hub_command.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "apps/peerpigeon/safe_text.hpp"
#include "apps/pigeonhub/serve.hpp"
#include "apps/support/quote.hpp"

namespace peerpigeon {

using namespace std::chrono_literals;
using pigeon::PeerId;

namespace {

constexpr std::size_t count_default = 5;
constexpr std::size_t count_max = 50;
// A mesh without a new link for so long is taken to be complete.
constexpr auto settled_time = 1500ms;
constexpr auto forming_time_max = 30s;
constexpr auto crossing_time_max = 5s;
constexpr std::size_t answers_per_second_max = 10;

constexpr auto names = std::to_array<std::string_view>(
    {"ann", "bob", "cat", "dan", "eve", "fay", "gus",  "hal", "ivy", "jim",
     "kit", "leo", "mia", "ned", "oda", "pat", "quin", "ray", "sue", "tom"});

std::string name_at(std::size_t index) {
  return index < names.size() ? std::string(names[index]) : fmt::format("peer{}", index + 1);
}

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

Demo::Demo(const Invocation& invocation, Console& console, std::size_t count)
    : invocation_(invocation), console_(console), count_(count), url_(invocation.settings.url) {}

int Demo::run() {
  if (!invocation_.has_url && !start_hub()) return exit_failed;
  if (!start_peers()) return exit_failed;
  Ending ending = form();
  if (ending == Ending::timed_out) {
    console_.complain(
        fmt::format("the mesh did not form within {} s; peerpigeon doctor {} finds "
                    "out why",
                    forming_time_max / 1s, url_));
    return exit_failed;
  }
  if (ending == Ending::finished) {
    show_mesh();
    ending = cross();
  }
  if (ending != Ending::interrupted) {
    show_invitation();
    (void)watch(std::nullopt, [this] { return console_.has_failed(); });
  }
  console_.show("leaving");
  peers_.clear();
  if (hub_) hub_->stop();
  return console_.has_failed() ? exit_failed : exit_good;
}

bool Demo::start_hub() {
  const auto command = hub_command(invocation_);
  if (!command) {
    console_.complain(command.error().message);
    return false;
  }
  auto hub = pigeon::Hub::create(command->settings.hub);
  const auto address = hub ? hub->start() : pigeon::Unexpected(hub.error());
  if (!address) {
    console_.complain(address.error().message);
    return false;
  }
  hub_.emplace(*std::move(hub));
  const bool is_secure = !command->settings.hub.listen.certificate_file.empty();
  url_ = fmt::format("{}://localhost:{}", is_secure ? "wss" : "ws", address->port);
  console_.answer({Verbosity::info,
                   "hub_listening",
                   pigeonhub::listening_sentence(*address, is_secure),
                   {{"url", url_}, {"port", address->port}}});
  return true;
}

bool Demo::start_peers() {
  pigeon::RtcLoopOptions addresses = node_options(invocation_.settings).addresses;
  addresses.use_loopback = is_local(url_);
  const auto loop = pigeon::NodeLoop::create(addresses);
  if (!loop) {
    console_.complain(loop.error().message);
    return false;
  }
  console_.show(fmt::format("\nStarting {}.", counted(count_, "peer")));
  started_at_ = Clock::now();
  // Events look the peers up, so that all have their place before the first one joins.
  peers_.resize(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    if (!add_peer(*loop, i)) return false;
  }
  for (Peer& peer : peers_) {
    if (const auto joined = peer.node->connect(url_); !joined) {
      console_.complain(joined.error().message);
      return false;
    }
  }
  return true;
}

bool Demo::add_peer(const pigeon::NodeLoop& loop, std::size_t index) {
  pigeon::NodeOptions options = node_options(invocation_.settings);
  options.identity_file.clear();
  options.peer_id.clear();
  auto node = pigeon::Node::create(loop, std::move(options), [this, index](auto event) {
    inbox_.push({index, std::move(event), Clock::now()});
  });
  if (!node) {
    console_.complain(node.error().message);
    return false;
  }
  Peer& peer = peers_[index];
  peer.name = name_at(index);
  peer.id = node->peer_id();
  peer.node.emplace(*std::move(node));
  console_.answer({Verbosity::info,
                   "demo_peer",
                   fmt::format("  {:<6} {}", peer.name, peer.id.to_text()),
                   {{"name", peer.name}, {"peer", peer.id.to_text()}}});
  return true;
}

Ending Demo::watch(std::optional<Clock::time_point> until, const std::function<bool()>& done) {
  return wait_for(inbox_, signals_, until, [&](Arrival& arrival) {
    take(arrival);
    return done();
  });
}

/// Watches the links until all pairs have one, or until no more come and nobody is left out.
Ending Demo::form() {
  console_.show("\nThe mesh is forming:");
  const auto deadline = Clock::now() + forming_time_max;
  const std::size_t all = count_ * (count_ - 1) / 2;
  while (Clock::now() < deadline) {
    last_link_at_ = std::max(last_link_at_, started_at_);
    const auto until = std::min(deadline, Clock::now() + 100ms);
    const Ending ending = watch(until, [&] { return links().size() == all; });
    const bool is_settled = is_connected() && Clock::now() - last_link_at_ >= settled_time;
    if (ending != Ending::timed_out || is_settled) {
      is_formed_ = true;
      return ending == Ending::interrupted ? ending : Ending::finished;
    }
  }
  return Ending::timed_out;
}

void Demo::show_mesh() {
  const auto all = links();
  const double seconds = seconds_since_start(last_link_at_);
  console_.answer({Verbosity::info,
                   "mesh_complete",
                   fmt::format("\nThe mesh is complete after {:.2f} s: {}, {}.\n", seconds,
                               counted(count_, "peer"), counted(all.size(), "link")),
                   {{"peers", count_}, {"links", all.size()}, {"after_ms", seconds * 1e3}}});
  std::vector<std::string> all_names;
  for (const Peer& peer : peers_) all_names.push_back(peer.name);
  console_.show(draw_mesh(all_names, all));
}

/// Sends a message through the mesh and watches who hears it.
Ending Demo::cross() {
  if (count_ < 2) return Ending::finished;
  console_.show(fmt::format("\n{} says \"hear, hear\" to everybody:", peers_.front().name));
  const auto sent_at = Clock::now();
  const auto sent = peers_.front().node->send_message("hear, hear");
  if (!sent) {
    console_.complain(sent.error().message);
    return Ending::finished;
  }
  crossing_ = Crossing{*sent, sent_at, {}};
  const Ending ending =
      watch(sent_at + crossing_time_max, [&] { return crossing_->heard_by.size() == count_ - 1; });
  if (ending == Ending::timed_out) {
    console_.complain(
        fmt::format("only {} of {} heard it", crossing_->heard_by.size(), count_ - 1));
  }
  crossing_.reset();
  return ending;
}

void Demo::show_invitation() {
  const std::string url = invocation_.has_url || url_ != Settings{}.url ? " --url " + url_ : "";
  console_.answer(
      {Verbosity::info,
       "ready",
       fmt::format("\nJoin from a second terminal, and say hello:\n"
                   "  build/release/bin/peerpigeon{0} interactive\n"
                   "  build/release/bin/peerpigeon{0} dm {1} ping\n"
                   "With the npm package peerpigeon in a browser: await mesh.connect('{2}')\n"
                   "\nCtrl+C stops. What others do:",
                   url, short_id(peers_.back().id), url_),
       {{"url", url_}}});
}

// ---- Events

void Demo::take(Arrival& arrival) {
  const std::size_t index = arrival.node;
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
    report->text = fmt::format("{} to {}: {}", short_id(message.from), peers_[index].name,
                               safe_text(message.text.empty() ? message.json : message.text));
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
    files_[begun->stream] = {index, sanitize_file_name(begun->info.filename)};
  } else if (const auto* broken = std::get_if<pigeon::StreamAborted>(&event)) {
    files_.erase(broken->stream);
  } else if (const auto* done = std::get_if<pigeon::StreamCompleted>(&event)) {
    const auto file = files_.find(done->stream);
    if (file == files_.end()) return;
    console_.answer(
        {Verbosity::info,
         "file_received",
         fmt::format("{} has sent {} to {}, {}; the demo keeps no files", short_id(done->peer),
                     file->second.second, peers_[index].name, format_bytes(done->total_bytes)),
         {{"peer", done->peer.to_text()},
          {"name", file->second.second},
          {"bytes", done->total_bytes}}});
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

// ---- What is known

std::optional<std::size_t> Demo::index_of(const PeerId& peer) const {
  const auto found = std::ranges::find(peers_, peer, &Peer::id);
  if (found == peers_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - peers_.begin());
}

std::string Demo::name_of(const PeerId& peer) const {
  const auto index = index_of(peer);
  return index ? peers_[*index].name : short_id(peer);
}

std::vector<Link> Demo::links() const {
  std::vector<Link> all;
  for (std::size_t a = 0; a < peers_.size(); ++a) {
    for (std::size_t b = a + 1; b < peers_.size(); ++b) {
      if (peers_[a].links.contains(peers_[b].id) && peers_[b].links.contains(peers_[a].id)) {
        all.emplace_back(a, b);
      }
    }
  }
  return all;
}

/// Whether each peer is reached from the first one.
bool Demo::is_connected() const {
  const auto all = links();
  std::set<std::size_t> reached = {0};
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    for (const auto& [a, b] : all) {
      if (reached.contains(a) != reached.contains(b)) {
        reached.insert(a);
        reached.insert(b);
        has_grown = true;
      }
    }
  }
  return reached.size() == count_;
}

double Demo::seconds_since_start(Clock::time_point at) const {
  return std::chrono::duration<double>(at - started_at_).count();
}

int run_demo(const Invocation& invocation, Console& console) {
  std::size_t count = count_default;
  if (!invocation.arguments.empty()) {
    const std::string& text = invocation.arguments.front();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count < 1 ||
        count > count_max) {
      console.complain(fmt::format("{} is no number of peers; 1 to {} is allowed",
                                   apps::quote(text), count_max));
      return exit_wrong_use;
    }
  }
  return Demo(invocation, console, count).run();
}

}  // namespace peerpigeon
