#include "apps/peerpigeon/demo.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/hub_command.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "apps/pigeonhub/serve.hpp"
#include "apps/support/quote.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

using namespace std::chrono_literals;
using pigeon::PeerId;

namespace {

constexpr std::size_t count_default = 5;
constexpr std::size_t count_max = 50;
// A mesh without a new link for so long is taken to be complete.
constexpr auto settled_time = 1500ms;
constexpr auto slow_forming_time = 10s;
constexpr auto forming_time_max = 30s;
constexpr auto crossing_time_max = 5s;

constexpr auto names = std::to_array<std::string_view>(
    {"ann", "bob", "cat", "dan", "eve", "fay", "gus",  "hal", "ivy", "jim",
     "kit", "leo", "mia", "ned", "oda", "pat", "quin", "ray", "sue", "tom"});

std::string name_at(std::size_t index) {
  return index < names.size() ? std::string(names[index]) : fmt::format("peer{}", index + 1);
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
    (void)show_until(inbox_, signals_, console_, [this](Arrival& arrival) {
      take(arrival);
      return console_.has_failed();
    });
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
  url_ = hub_url(*address, is_secure);
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
  return wait_for(inbox_, signals_, console_, until, [&](Arrival& arrival) {
    take(arrival);
    return done();
  });
}

/// Watches the links until all pairs have one, or until no more come and nobody is left out.
Ending Demo::form() {
  console_.show("\nThe mesh is forming:");
  const auto deadline = Clock::now() + forming_time_max;
  const std::size_t all = count_ * (count_ - 1) / 2;
  bool has_told = false;
  while (Clock::now() < deadline) {
    last_link_at_ = std::max(last_link_at_, started_at_);
    const auto until = std::min(deadline, Clock::now() + 100ms);
    const Ending ending = watch(until, [&] { return links().size() == all; });
    const bool is_settled = is_connected() && Clock::now() - last_link_at_ >= settled_time;
    if (ending != Ending::timed_out) return ending;
    if (is_settled) return Ending::finished;
    if (!has_told && Clock::now() - started_at_ >= slow_forming_time) {
      has_told = true;
      show_missing();
    }
  }
  return Ending::timed_out;
}

/// Says why the mesh is not complete yet.
void Demo::show_missing() {
  std::vector<std::string> alone;
  for (const Peer& peer : peers_) {
    if (peer.links.empty()) alone.push_back(peer.name);
  }
  const std::size_t links_now = links().size();
  const std::string sentence = fmt::format(
      "after {} s there {} {}{}{}. Waiting up to {} s in all; a hub that takes too few "
      "connections (--max-connections) lets not all of them in",
      slow_forming_time / 1s, links_now == 1 ? "is" : "are", counted(links_now, "link"),
      alone.empty() ? "" : "; nobody is linked with ", fmt::join(alone, ", "),
      forming_time_max / 1s);
  console_.tell({Verbosity::warn, "mesh_incomplete", sentence, {{"message", sentence}}});
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
                   "  {0}{1} interactive\n"
                   "  {0}{1} dm {2} ping\n"
                   "With the npm package peerpigeon in a browser: await mesh.connect('{3}')\n"
                   "\nCtrl+C stops. What others do:",
                   pigeon::safe_text(invocation_.program), url, short_id(peers_.back().id), url_),
       {{"url", url_}}});
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
