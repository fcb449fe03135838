#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
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
#include "apps/peerpigeon/safe_text.hpp"
#include "apps/peerpigeon/session.hpp"
#include "apps/peerpigeon/upload.hpp"

namespace peerpigeon {

namespace {

/// The chat: what is typed becomes calls of the node, what happens becomes lines.
class Chat {
 public:
  Chat(Session& session, const Invocation& invocation, Console& console)
      : session_(session),
        console_(console),
        url_(invocation.settings.url),
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

  template <class Value>
  bool has_worked(const pigeon::Result<Value, pigeon::NodeError>& result) {
    if (!result) console_.complain(result.error().message);
    return result.has_value();
  }

  Session& session_;
  Console& console_;
  std::string url_;
  Downloads downloads_;
  std::vector<std::unique_ptr<Upload>> uploads_;
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
  return console_.has_failed() ? exit_failed : exit_good;
}

bool Chat::look_at_events() {
  session_.look([this](pigeon::NodeEvent& event) {
    if (!downloads_.take(event)) take_upload_event(event);
    return false;
  });
  return !console_.has_failed();
}

bool Chat::look_at_signal(int signal) {
  if (signal == SIGINT) return prompt_->discard_typed();
  return signal != SIGTERM && signal != SIGHUP;
}

void Chat::take_upload_event(const pigeon::NodeEvent& event) {
  for (const auto& upload : uploads_) {
    const auto state = upload->take(session_.node(), event);
    if (state == Upload::State::going) continue;
    const bool is_good = state == Upload::State::completed;
    console_.answer({Verbosity::info,
                     is_good ? "file_sent" : "file_failed",
                     fmt::format("{}{} to {}{}", is_good ? "sent " : "could not send ",
                                 safe_text(upload->name()), short_id(upload->peer()),
                                 is_good ? "" : ": " + upload->reason()),
                     {{"peer", upload->peer().to_text()},
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
      console_.complain("there is no such command; " + command.text);
      break;
    case Kind::incomplete:
      console_.complain("it is written " + command.text);
      break;
    default:
      obey_plain(command.kind);
  }
  return !console_.has_failed();
}

/// The commands that nothing follows.
void Chat::obey_plain(ChatCommand::Kind kind) {
  using Kind = ChatCommand::Kind;
  if (kind == Kind::peers) list();
  if (kind == Kind::status) console_.answer(tell_status(session_.node()));
  if (kind == Kind::clear) prompt_->clear_screen();
  if (kind == Kind::help) console_.show(chat_help());
  if (kind == Kind::disconnect) {
    session_.node().disconnect();
    console_.show("disconnected; /connect URL comes back");
  }
}

void Chat::broadcast(const std::string& text) {
  if (session_.node().status().connected_count == 0) {
    console_.complain("nobody is linked yet, so nobody would hear it");
    return;
  }
  if (const auto sent = session_.node().send_message(text); has_worked(sent)) {
    console_.answer({Verbosity::info, "message_sent", "", {{"id", sent->to_text()}}});
  }
}

void Chat::send_direct_message(const ChatCommand& command) {
  const auto peer = find(command.peer);
  if (!peer) return;
  if (const auto sent = session_.node().send_direct_message(*peer, command.text);
      has_worked(sent)) {
    console_.answer({Verbosity::info, "message_sent", "", {{"id", sent->to_text()}}});
  }
}

void Chat::send_file(const ChatCommand& command) {
  const auto peer = find(command.peer);
  if (!peer) return;
  auto upload = Upload::open(command.text);
  if (!upload) return console_.complain(upload.error());
  if (const auto begun = (*upload)->begin(session_.node(), *peer); !begun) {
    return console_.complain(begun.error());
  }
  console_.show(fmt::format("sending {}, {}, to {}", safe_text((*upload)->name()),
                            format_bytes((*upload)->bytes()), short_id(*peer)));
  uploads_.push_back(std::move(*upload));
}

void Chat::connect(const std::string& url) { has_worked(session_.node().connect(url)); }

void Chat::list() {
  const auto lines = list_peers(session_.node());
  if (lines.empty()) console_.show("nobody is known yet");
  for (const Report& line : lines) console_.answer(line);
}

std::optional<pigeon::PeerId> Chat::find(const std::string& prefix) {
  const auto found = find_peer(prefix, session_.known_peers());
  if (found) return *found;
  console_.complain(found.error());
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
