#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "apps/peerpigeon/chat_command.hpp"
#include "apps/peerpigeon/commands.hpp"
#include "apps/peerpigeon/downloads.hpp"
#include "apps/peerpigeon/line_editor.hpp"
#include "apps/peerpigeon/line_reader.hpp"
#include "apps/peerpigeon/listing.hpp"
#include "apps/peerpigeon/peer_names.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/peerpigeon/upload.hpp"
#include "pigeon/safe_text.hpp"

namespace peerpigeon {

namespace {

/// How long the lines of a pipe wait for peers at most.
constexpr std::chrono::milliseconds patience_max{10'000};

/// The chat: what is typed becomes calls of the node, what happens becomes lines.
class Chat {
 public:
  Chat(Session& session, const Invocation& invocation, Console& console)
      : session_(session),
        console_(console),
        url_(invocation.settings.url),
        patience_(std::min<std::chrono::milliseconds>(invocation.settings.timeout, patience_max)),
        downloads_(download_folder(invocation),
                   {.file_bytes_max = invocation.settings.file_bytes_max}, console,
                   session.stream_breaker()),
        prompt_(make_prompt(invocation)) {
    console_.redirect([this](std::string_view line) { return prompt_->print(line); });
  }
  Chat(const Chat&) = delete;
  Chat& operator=(const Chat&) = delete;
  ~Chat() { console_.redirect({}); }

  int run();

 private:
  std::unique_ptr<Prompt> make_prompt(const Invocation& invocation);
  Watched watched();
  bool look_at_events();
  bool look_at_signal(int signal);
  void take_upload_event(const pigeon::NodeEvent& event);

  /// False: the chat is over.
  bool obey(const ChatCommand& command);
  void obey_plain(ChatCommand::Kind kind);
  void broadcast(const std::string& text);
  void send_direct_message(const ChatCommand& command);
  void send_file(const ChatCommand& command);
  void connect(const std::string& url);
  void list();
  std::optional<pigeon::PeerId> find(const std::string& prefix);
  /// What a person would wait for, the lines of a pipe cannot: waits for it here, but not long.
  void wait_if_scripted(const std::function<bool()>& done);
  /// Waits until what the lines of a pipe have begun is done.
  void finish_script();
  bool has_link() { return session_.node().status().connected_count > 0; }
  void take(pigeon::NodeEvent& event);
  void complain(std::string_view sentence);
  /// A person sees what has failed; a script gets it as exit status.
  void fail() {
    if (is_scripted_ && status_ == exit_good) status_ = exit_failed;
  }

  template <class Value>
  bool has_worked(const pigeon::Result<Value, pigeon::NodeError>& result) {
    if (!result) complain(result.error().message);
    return result.has_value();
  }

  Session& session_;
  Console& console_;
  std::string url_;
  std::chrono::milliseconds patience_;
  Downloads downloads_;
  std::vector<std::unique_ptr<Upload>> uploads_;
  /// Direct messages of which it is not known yet what becomes of them; for scripts only.
  std::set<pigeon::MessageId> unconfirmed_;
  /// Lines come from a pipe or a file, not from a person.
  bool is_scripted_ = ::isatty(STDIN_FILENO) != 1;
  /// Until then a script waits for peers; set by the first wait after it has joined a mesh.
  std::optional<Clock::time_point> patient_until_;
  bool is_interrupted_ = false;
  int status_ = exit_good;
  std::unique_ptr<Prompt> prompt_;
};

std::unique_ptr<Prompt> Chat::make_prompt(const Invocation& invocation) {
  const char* const terminal = std::getenv("TERM");
  const bool can_edit = terminal != nullptr && std::string_view(terminal) != "dumb" &&
                        ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  if (!can_edit || invocation.json) return std::make_unique<LineReader>(watched());
  const auto complete = [this](std::string_view line) {
    std::vector<std::string> peers;
    for (const pigeon::PeerId& peer : session_.known_peers()) peers.push_back(peer.to_text());
    return complete_chat_line(line, peers);
  };
  return std::make_unique<LineEditor>("pigeon> ", invocation.home / "history", complete, watched());
}

Watched Chat::watched() {
  return {.events = session_.inbox().descriptor(),
          .signals = session_.signals().descriptor(),
          .look_at_events = [this] { return look_at_events(); },
          .look_at_signals = [this](int signal) { return look_at_signal(signal); },
          .take_signal = [this] { return session_.signals().take(); }};
}

int Chat::run() {
  console_.answer({Verbosity::info,
                   "joining",
                   fmt::format("This peer is {}. Type to talk to everybody; /help shows more.",
                               session_.id().to_text()),
                   {{"peer", session_.id().to_text()}}});
  connect(url_);
  while (const auto line = prompt_->read_line()) {
    if (!obey(parse_chat_line(*line))) break;
  }
  if (is_scripted_) finish_script();
  if (console_.has_failed()) return exit_failed;
  return status_;
}

void Chat::wait_if_scripted(const std::function<bool()>& done) {
  if (!is_scripted_) return;
  constexpr std::chrono::milliseconds look_again{100};
  if (!patient_until_) patient_until_ = Clock::now() + patience_;
  while (!done() && !is_interrupted_ && !console_.has_failed() && Clock::now() < *patient_until_) {
    const auto until = std::min(*patient_until_, Clock::now() + look_again);
    const Ending ending = session_.run(until, [&](pigeon::NodeEvent& event) {
      take(event);
      return console_.has_failed();
    });
    if (ending != Ending::interrupted) continue;
    is_interrupted_ = true;
    status_ = exit_interrupted;
  }
}

void Chat::finish_script() {
  // A file takes as long as it takes; it ends when the peer goes.
  while (!uploads_.empty() && !is_interrupted_ && !console_.has_failed()) {
    patient_until_ = Clock::now() + patience_;
    wait_if_scripted([this] { return uploads_.empty(); });
  }
  patient_until_ = Clock::now() + patience_;
  wait_if_scripted([this] { return unconfirmed_.empty(); });
  if (!unconfirmed_.empty() && !is_interrupted_) complain("a message was not confirmed");
}

void Chat::take(pigeon::NodeEvent& event) {
  if (const auto* good = std::get_if<pigeon::MessageDelivered>(&event)) {
    unconfirmed_.erase(good->id);
  }
  if (const auto* bad = std::get_if<pigeon::MessageUndelivered>(&event)) {
    // It was told already.
    if (unconfirmed_.erase(bad->id) > 0) fail();
  }
  if (!downloads_.take(event)) take_upload_event(event);
}

void Chat::complain(std::string_view sentence) {
  fail();
  console_.complain(sentence);
}

bool Chat::look_at_events() {
  session_.look([this](pigeon::NodeEvent& event) {
    take(event);
    return false;
  });
  return !console_.has_failed();
}

bool Chat::look_at_signal(int signal) {
  if (signal == SIGINT) {
    is_interrupted_ = !prompt_->discard_typed();
  } else if (signal == SIGTERM || signal == SIGHUP) {
    is_interrupted_ = true;
  }
  return !is_interrupted_;
}

void Chat::take_upload_event(const pigeon::NodeEvent& event) {
  for (const auto& upload : uploads_) {
    const auto state = upload->take(session_.node(), event);
    if (state == Upload::State::going) continue;
    const bool is_good = state == Upload::State::completed;
    if (!is_good) fail();
    console_.answer({Verbosity::info,
                     is_good ? "file_sent" : "file_failed",
                     fmt::format("{}{} to {}{}", is_good ? "sent " : "could not send ",
                                 pigeon::safe_text(upload->name()), short_id(*upload->peer()),
                                 is_good ? "" : ": " + upload->reason()),
                     {{"peer", upload->peer()->to_text()},
                      {"name", upload->name()},
                      {"bytes", upload->bytes_sent()}}});
  }
  std::erase_if(uploads_,
                [](const auto& upload) { return upload->state() != Upload::State::going; });
}

bool Chat::obey(const ChatCommand& command) {
  using Kind = ChatCommand::Kind;
  switch (command.kind) {
    case Kind::nothing:
      break;
    case Kind::broadcast:
      broadcast(command.text);
      break;
    case Kind::direct_message:
      send_direct_message(command);
      break;
    case Kind::send_file:
      send_file(command);
      break;
    case Kind::connect:
      connect(command.text);
      break;
    case Kind::quit:
      return false;
    case Kind::unknown:
      complain("there is no such command; " + command.text);
      break;
    case Kind::incomplete:
      complain("it is written " + command.text);
      break;
    default:
      obey_plain(command.kind);
  }
  return !is_interrupted_ && !console_.has_failed();
}

/// The commands that nothing follows.
void Chat::obey_plain(ChatCommand::Kind kind) {
  using Kind = ChatCommand::Kind;
  if (kind == Kind::peers || kind == Kind::status) wait_if_scripted([this] { return has_link(); });
  if (kind == Kind::peers) list();
  if (kind == Kind::status) console_.answer(tell_status(session_.node()));
  if (kind == Kind::clear) prompt_->clear_screen();
  if (kind == Kind::help) console_.show(chat_help());
  if (kind == Kind::disconnect) {
    session_.node().disconnect();
    console_.show("disconnected; /connect comes back");
  }
}

void Chat::broadcast(const std::string& text) {
  wait_if_scripted([this] { return has_link(); });
  if (!has_link()) {
    complain("nobody is linked yet, so nobody would hear it");
    return;
  }
  if (const auto sent = session_.node().send_message(text); has_worked(sent)) {
    console_.answer({Verbosity::info, "message_sent", "", {{"id", sent->to_text()}}});
  }
}

void Chat::send_direct_message(const ChatCommand& command) {
  const auto peer = find(command.peer);
  if (!peer) return;
  wait_if_scripted([this] { return has_link(); });
  if (const auto sent = session_.node().send_direct_message(*peer, command.text);
      has_worked(sent)) {
    if (is_scripted_) unconfirmed_.insert(*sent);
    console_.answer({Verbosity::info, "message_sent", "", {{"id", sent->to_text()}}});
  }
}

void Chat::send_file(const ChatCommand& command) {
  const auto peer = find(command.peer);
  if (!peer) return;
  auto upload = Upload::open(command.text);
  if (!upload) return complain(upload.error());
  if (const auto begun = (*upload)->begin(session_.node(), *peer); !begun) {
    return complain(begun.error());
  }
  console_.show(fmt::format("sending {}, {}, to {}", pigeon::safe_text((*upload)->name()),
                            format_bytes((*upload)->bytes()), short_id(*peer)));
  uploads_.push_back(std::move(*upload));
}

void Chat::connect(const std::string& url) {
  // Without one it is the last one.
  if (!url.empty()) url_ = url;
  patient_until_.reset();
  has_worked(session_.node().connect(url_));
}

void Chat::list() {
  const auto lines = list_peers(session_.node());
  if (lines.empty()) console_.show("nobody is known yet");
  for (const Report& line : lines) console_.answer(line);
}

std::optional<pigeon::PeerId> Chat::find(const std::string& prefix) {
  auto found = find_peer(prefix, session_.known_peers());
  wait_if_scripted([&] {
    found = find_peer(prefix, session_.known_peers());
    return found.has_value();
  });
  if (found) return *found;
  complain(found.error());
  return std::nullopt;
}

}  // namespace

int run_interactive(const Invocation& invocation, Console& console) {
  auto session = Session::create(invocation, console);
  if (!session) {
    console.complain(session.error());
    return exit_failed;
  }
  return Chat(**session, invocation, console).run();
}

}  // namespace peerpigeon
