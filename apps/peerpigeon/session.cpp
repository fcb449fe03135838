#include "apps/peerpigeon/session.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>
#include <system_error>
#include <variant>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/identity_password.hpp"
#include "apps/support/quote.hpp"

namespace peerpigeon {

using pigeon::PeerId;
using pigeon::Result;
using pigeon::Unexpected;

namespace {

/// For poll(2): milliseconds until then, rounded up; -1 without an end.
int milliseconds_until(std::optional<Clock::time_point> until) {
  if (!until) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

bool is_ending(int signal) { return signal == SIGINT || signal == SIGTERM || signal == SIGHUP; }

}  // namespace

bool take_some(Inbox& inbox, Console& console, const std::function<bool(Arrival&)>& step) {
  constexpr int taken_max = 64;
  bool has_enough = false;
  for (int i = 0; i < taken_max && !has_enough; ++i) {
    auto arrival = inbox.take();
    if (!arrival) break;
    has_enough = step(*arrival);
  }
  if (const std::size_t count = inbox.take_dropped(); count > 0) {
    console.tell({Verbosity::warn,
                  "events_dropped",
                  fmt::format("{} messages came faster than they can be shown", count),
                  {{"count", count}}});
  }
  return has_enough;
}

namespace {

/// `reader` is standard output if it has to be read by somebody, else -1.
Ending wait(Inbox& inbox, const apps::Signals& signals, Console& console, int reader,
            std::optional<Clock::time_point> until, const std::function<bool(Arrival&)>& step) {
  for (;;) {
    // First, so that events that never end do not keep a signal waiting.
    if (is_ending(signals.take())) return Ending::interrupted;
    if (reader >= 0 && !console.has_reader()) return Ending::interrupted;
    if (take_some(inbox, console, step)) return Ending::finished;
    if (until && Clock::now() >= *until) return Ending::timed_out;
    std::array<pollfd, 3> watched = {pollfd{inbox.descriptor(), POLLIN, 0},
                                     pollfd{signals.descriptor(), POLLIN, 0}, pollfd{reader, 0, 0}};
    ::poll(watched.data(), watched.size(), milliseconds_until(until));
  }
}

}  // namespace

Ending wait_for(Inbox& inbox, const apps::Signals& signals, Console& console,
                std::optional<Clock::time_point> until, const std::function<bool(Arrival&)>& step) {
  return wait(inbox, signals, console, -1, until, step);
}

Ending show_until(Inbox& inbox, const apps::Signals& signals, Console& console,
                  const std::function<bool(Arrival&)>& step) {
  return wait(inbox, signals, console, STDOUT_FILENO, std::nullopt, step);
}

IdentityLock::IdentityLock(const std::string& identity_file) {
  if (identity_file.empty()) return;
  std::error_code ignored;
  const auto folder = std::filesystem::path(identity_file).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  descriptor_ = ::open((identity_file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  // Where no lock can be made, the key file says itself what is wrong with its folder, or the file
  // system has no locks.
  is_ours_ =
      descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

IdentityLock::~IdentityLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Session::Session(Console& console, const std::string& identity_file)
    : console_(console), signals_({SIGWINCH, SIGCONT}), lock_(identity_file) {}

Result<std::unique_ptr<Session>, std::string> Session::create(const Invocation& invocation,
                                                              Console& console, IfInUse if_in_use) {
  pigeon::NodeOptions options = node_options(invocation.settings);
  std::unique_ptr<Session> session(new Session(console, options.identity_file));
  if (!session->lock_.is_ours()) {
    const std::string in_use =
        fmt::format("another peerpigeon uses {}", apps::quote(options.identity_file, 4096));
    if (if_in_use == IfInUse::refuse) return Unexpected(in_use + "; stop that one first");
    const std::string sentence = in_use + "; this one has an id of its own";
    console.tell({Verbosity::warn, "identity_in_use", sentence, {{"message", sentence}}});
    options.identity_file.clear();
    options.peer_id.clear();
  } else {
    auto password = read_identity_password(invocation.settings);
    if (!password) return Unexpected(password.error());
    options.identity_password = *std::move(password);
  }
  const pigeon::Wiper wiper(options.identity_password);
  auto node = pigeon::Node::create(options, [&inbox = session->inbox_](auto event) {
    inbox.push({0, std::move(event), Clock::now()});
  });
  if (!node) return Unexpected(node.error().message);
  session->node_.emplace(*std::move(node));
  session->id_ = session->node_->peer_id();
  return session;
}

Result<void, std::string> Session::join(const std::string& url) {
  const auto joined = node_->connect(url);
  if (!joined) return Unexpected(joined.error().message);
  return {};
}

Ending Session::run(std::optional<Clock::time_point> until, const Step& step) {
  return wait_for(inbox_, signals_, console_, until,
                  [&](Arrival& arrival) { return take(arrival, step); });
}

Ending Session::show(const Step& step) {
  return show_until(inbox_, signals_, console_,
                    [&](Arrival& arrival) { return take(arrival, step); });
}

bool Session::look(const Step& step) {
  return take_some(inbox_, console_, [&](Arrival& arrival) { return take(arrival, step); });
}

bool Session::take(Arrival& arrival, const Step& step) {
  if (arrival.is_overrun) {
    const auto& overrun = std::get<pigeon::StreamAborted>(arrival.event);
    (void)node_->abort_stream(overrun.stream, overrun.reason);
  }
  const auto report = describe(arrival.event, id_);
  const bool is_hub = std::holds_alternative<pigeon::HubStatusChanged>(arrival.event);
  const bool is_wanted = !is_quiet_ || console_.level() >= Verbosity::debug ||
                         (report && report->level == Verbosity::warn);
  if (report && is_wanted && !(is_quiet_ && is_hub)) console_.tell(*report);
  return step(arrival.event);
}

std::function<void(pigeon::StreamId, std::string_view)> Session::stream_breaker() {
  return [this](pigeon::StreamId stream, std::string_view reason) {
    (void)node_->abort_stream(stream, reason);
  };
}

std::vector<PeerId> Session::known_peers() {
  std::set<PeerId> known;
  for (const auto& peer : node_->peers()) known.insert(peer.peer);
  for (const auto& peer : node_->discovered_peers()) known.insert(peer.peer);
  return {known.begin(), known.end()};
}

}  // namespace peerpigeon
