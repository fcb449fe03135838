#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/errand.hpp"
#include "apps/peerpigeon/listing.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "apps/peerpigeon/upload.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace {

using namespace std::chrono_literals;
using pigeon::MessageId;
using pigeon::PeerId;
using Waited = Errand::Waited;

// After that a peer that is known and not linked is reached over others.
constexpr auto link_time = 3s;
// A neighbor of this project says so at once, and only with those a file goes on where it stopped.
constexpr auto introduction_time = 2s;
// A peer that answers by itself does so at once.
constexpr auto answer_time = 1s;
// Joining brings the links one after another; a pause of this length says that they are there.
constexpr auto settled_time = 700ms;
// In the place of an id, which it cannot be the beginning of.
constexpr std::string_view everybody = "all";

std::string joined(std::span<const std::string> words) {
  return fmt::format("{}", fmt::join(words, " "));
}

bool has_link(Errand& errand) { return errand.session().node().status().connected_count > 0; }

/// Waits for the first link.
bool wait_for_link(Errand& errand, Console& console) {
  const Waited waited = errand.wait([&] { return has_link(errand); });
  if (waited != Waited::in_vain) return waited == Waited::done;
  console.complain(errand.session().node().status().is_connected
                       ? "nobody is there: no other peer was linked in time. Start one, for "
                         "instance with: peerpigeon demo"
                       : "the hub does not keep this peer. Find out more with: peerpigeon doctor");
  return false;
}

/// Waits until no link has been added for a while.
void wait_until_settled(Errand& errand) {
  std::size_t count = 0;
  auto since = Clock::now();
  (void)errand.wait(5s, [&] {
    const std::size_t linked = errand.session().node().status().connected_count;
    if (linked != count) since = Clock::now();
    count = linked;
    return count > 0 && Clock::now() - since >= settled_time;
  });
}

/// Waits for what becomes of a direct message; the exit status. `look` sees the events.
int await_receipt(Errand& errand, Console& console, const PeerId& peer, const MessageId& id,
                  const Errand::Look& look = {}) {
  bool is_received = false;
  bool is_given_up = false;
  // Once seen, for its link may be lost meanwhile.
  bool is_capable = false;
  const Waited waited = errand.wait(
      [&] {
        is_capable |= errand.is_capable(peer);
        return is_received || is_given_up;
      },
      [&](pigeon::NodeEvent& event) {
        if (look) look(event);
        if (auto* good = std::get_if<pigeon::MessageDelivered>(&event)) {
          is_received |= good->id == id;
        }
        if (auto* bad = std::get_if<pigeon::MessageUndelivered>(&event)) {
          is_given_up |= bad->id == id;
        }
      });
  if (waited == Waited::ended) return errand.status();
  if (is_received) return exit_good;
  console.complain(fmt::format("sent, but {} has not confirmed that it received the message{}",
                               short_id(peer),
                               is_capable ? "" : "; peers of the JavaScript versions never do"));
  return exit_failed;
}

/// Sends a direct message, tells what becomes of it, and shows the first answer; the exit status.
int send_direct_message(Errand& errand, Console& console, const PeerId& peer,
                        std::string_view text) {
  const auto sent = errand.session().node().send_direct_message(peer, text);
  if (!sent) {
    console.complain(sent.error().message);
    return exit_failed;
  }
  std::optional<Report> answer;
  const auto look = [&](const pigeon::NodeEvent& event) {
    const auto* message = std::get_if<pigeon::MessageReceived>(&event);
    if (message == nullptr || !message->direct || message->from != peer || answer) return;
    answer = describe(event, errand.session().id());
  };
  const int status = await_receipt(errand, console, peer, *sent, look);
  if (status == exit_good) {
    console.answer(*describe(pigeon::MessageDelivered{*sent, peer}, errand.session().id()));
    (void)errand.wait(
        answer_time, [&] { return answer.has_value(); }, look);
  }
  if (answer) console.answer(*answer);
  return status;
}

/// Watches an upload to its end; the exit status.
int watch_upload(Errand& errand, Console& console, Upload& upload) {
  const auto begun_at = Clock::now();
  Session& session = errand.session();
  // The timeout is for the beginning: a large file takes as long as it takes.
  const Ending ending = session.run(std::nullopt, [&](pigeon::NodeEvent& event) {
    const auto before = upload.bytes_sent();
    const auto state = upload.take(session.node(), event);
    const double seconds = std::chrono::duration<double>(Clock::now() - begun_at).count();
    if (upload.bytes_sent() != before) {
      console.show_progress(progress_line(upload.bytes_sent(), upload.bytes(), seconds));
    }
    const auto* gone = std::get_if<pigeon::PeerDisconnected>(&event);
    return state != Upload::State::going || (gone != nullptr && upload.peer() == gone->peer);
  });
  if (ending == Ending::interrupted) return exit_interrupted;
  if (upload.state() == Upload::State::completed) return exit_good;
  console.complain(
      fmt::format("{} was not sent: {}{}", pigeon::safe_text(upload.name()),
                  upload.reason().empty() ? "the peer is gone" : upload.reason(),
                  upload.may_go_on() && upload.peer()
                      ? ". Send it again, and it goes on where it stopped if the other side "
                        "still runs and this peer keeps its id (peerpigeon init)"
                      : ""));
  return exit_failed;
}

/// To everybody who is there. Nobody confirms it.
int send_file_to_all(Errand& errand, Console& console, Upload& upload) {
  if (!wait_for_link(errand, console)) return errand.status();
  wait_until_settled(errand);
  if (const auto begun = upload.begin_for_all(errand.session().node()); !begun) {
    console.complain(begun.error());
    return exit_failed;
  }
  if (const int status = watch_upload(errand, console, upload); status != exit_good) return status;
  const std::size_t count = errand.session().node().status().connected_count;
  // Ends when the links have closed, which they do behind what was sent.
  errand.end();
  console.answer({Verbosity::info,
                  "file_sent",
                  fmt::format("sent {}, {}, to {} neighbor{}, who pass it on",
                              pigeon::safe_text(upload.name()), format_bytes(upload.bytes()), count,
                              count == 1 ? "" : "s"),
                  {{"name", upload.name()}, {"bytes", upload.bytes()}, {"neighbors", count}}});
  return exit_good;
}

int send_file_to(Errand& errand, Console& console, Upload& upload, const PeerId& peer) {
  pigeon::Node& node = errand.session().node();
  if (const auto begun = upload.begin(node, peer); !begun) {
    console.complain(begun.error());
    return exit_failed;
  }
  if (const int status = watch_upload(errand, console, upload); status != exit_good) return status;
  // What is confirmed behind the file says that the file is there as well.
  const auto note = node.send_direct_message(
      peer, fmt::format("sent {}, {}", upload.name(), format_bytes(upload.bytes())));
  if (!note) {
    console.complain(fmt::format("whether {} has arrived is not known: {}", upload.name(),
                                 note.error().message));
    return exit_failed;
  }
  const int status = await_receipt(errand, console, peer, *note);
  if (status == exit_good) {
    console.answer({Verbosity::info,
                    "file_sent",
                    fmt::format("{} has received {}, {}{}", short_id(peer),
                                pigeon::safe_text(upload.name()), format_bytes(upload.bytes()),
                                upload.resumed_at() > 0
                                    ? fmt::format(", from {} on", format_bytes(upload.resumed_at()))
                                    : ""),
                    {{"peer", peer.to_text()},
                     {"name", upload.name()},
                     {"bytes", upload.bytes()},
                     {"resumed_at", upload.resumed_at()}}});
  }
  return status;
}

}  // namespace

int run_send(const Invocation& invocation, Console& console) {
  Errand errand(invocation, console);
  if (!errand.begin() || !wait_for_link(errand, console)) return errand.status();
  wait_until_settled(errand);
  const auto sent = errand.session().node().send_message(joined(invocation.arguments));
  if (!sent) {
    console.complain(sent.error().message);
    return exit_failed;
  }
  const std::size_t count = errand.session().node().status().connected_count;
  // Ends when the links have closed, which they do behind what was sent.
  errand.end();
  console.answer(
      {Verbosity::info,
       "message_sent",
       fmt::format("sent to {} neighbor{}, who pass it on", count, count == 1 ? "" : "s"),
       {{"id", sent->to_text()}, {"neighbors", count}}});
  return exit_good;
}

int run_direct_message(const Invocation& invocation, Console& console) {
  Errand errand(invocation, console);
  if (!errand.begin()) return errand.status();
  const auto peer = errand.find(invocation.arguments.front());
  if (!peer) return errand.status();
  if (errand.link(*peer, link_time) == Waited::ended) return errand.status();
  if (!wait_for_link(errand, console)) return errand.status();
  return send_direct_message(errand, console, *peer,
                             joined(std::span(invocation.arguments).subspan(1)));
}

int run_send_file(const Invocation& invocation, Console& console) {
  auto upload = Upload::open(invocation.arguments[1]);
  if (!upload) {
    console.complain(upload.error());
    return exit_failed;
  }
  Errand errand(invocation, console);
  if (!errand.begin()) return errand.status();
  if (invocation.arguments.front() == everybody) return send_file_to_all(errand, console, **upload);
  const auto peer = errand.find(invocation.arguments.front());
  if (!peer) return errand.status();
  const Waited linked = errand.link(*peer, invocation.settings.timeout);
  if (linked == Waited::in_vain) {
    console.complain(
        fmt::format("no link with {} came about, and files need one. If it is full, ask the other "
                    "side to raise its --max-peers, and send the file again",
                    short_id(*peer)));
  }
  if (linked != Waited::done) return errand.status();
  if (errand.wait(introduction_time, [&] { return errand.is_capable(*peer); }) == Waited::ended) {
    return errand.status();
  }
  return send_file_to(errand, console, **upload, *peer);
}

int run_peers(const Invocation& invocation, Console& console) {
  Errand errand(invocation, console);
  if (!errand.begin() || !wait_for_link(errand, console)) return errand.status();
  wait_until_settled(errand);
  for (const Report& report : list_peers(errand.session().node())) console.answer(report);
  return exit_good;
}

int run_status(const Invocation& invocation, Console& console) {
  Errand errand(invocation, console);
  if (!errand.begin()) return errand.status();
  const Waited connected =
      errand.wait([&] { return errand.session().node().status().is_connected; });
  if (connected == Waited::ended) return errand.status();
  wait_until_settled(errand);
  console.answer(tell_status(errand.session().node()));
  return connected == Waited::done ? exit_good : exit_failed;
}

}  // namespace peerpigeon
