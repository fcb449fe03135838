// Our side of the interop tests: peer connections that obey JSON lines on standard input and tell
// JSON lines on standard output, as ../README.md defines them.
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "pigeon/rtc_loop.hpp"
#include "tests/interop/rtc/peer/session.hpp"

namespace pigeon::interop {
namespace {

namespace json = boost::json;

void print(const json::object& event) {
  const std::string line = json::serialize(event) + '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
}

/// The loops and the connections on them.
class Program {
 public:
  /// False if the system gives no loop.
  bool start() {
    const auto add = [](std::optional<RtcLoop>& loop, RtcLoopOptions options) {
      auto made = RtcLoop::create(std::move(options));
      if (made) loop.emplace(*std::move(made));
      return made.has_value();
    };
    return add(everywhere_, {}) && add(loopback_, {.addresses = {"127.0.0.1"}});
  }

  /// Obeys until the input ends.
  void run() {
    print({{"event", "ready"}});
    for (bool is_open = true; is_open;) {
      std::fflush(stdout);
      std::array<pollfd, 3> watched{pollfd{STDIN_FILENO, POLLIN, 0},
                                    pollfd{everywhere_->descriptor(), POLLIN, 0},
                                    pollfd{loopback_->descriptor(), POLLIN, 0}};
      ::poll(watched.data(), watched.size(), -1);
      if (watched[0].revents != 0) is_open = read_input();
      everywhere_->run_once({});
      loopback_->run_once({});
    }
  }

 private:
  bool read_input() {
    std::array<char, 65'536> bytes;
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return false;
    input_.append(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
      obey(std::string_view(input_).substr(0, end));
      input_.erase(0, end + 1);
    }
    return true;
  }

  void obey(std::string_view line) {
    json::object command = json::parse(line).as_object();
    const std::string id(command.at("id").as_string());
    const auto tell = [id](json::object event) {
      event["id"] = id;
      print(event);
    };
    if (command.at("do").as_string() == "create") {
      create(id, command, tell);
    } else if (const auto found = sessions_.find(id); found != sessions_.end()) {
      found->second->run(std::move(command));
    } else {
      tell({{"event", "error"}, {"do", command.at("do")}, {"what", "unknown connection"}});
    }
  }

  void create(const std::string& id, const json::object& command, const Session::Tell& tell) {
    const json::value* const interfaces = command.if_contains("interfaces");
    const bool is_local = interfaces != nullptr && *interfaces == json::value("loopback");
    auto session = std::make_unique<Session>(is_local ? *loopback_ : *everywhere_, command, tell);
    if (!session->failure().empty() && !is_local) {
      // A machine without a network.
      session = std::make_unique<Session>(*loopback_, command, tell);
    }
    if (session->failure().empty()) {
      sessions_[id] = std::move(session);
    } else {
      tell({{"event", "error"}, {"do", "create"}, {"what", session->failure()}});
    }
  }

  std::optional<RtcLoop> everywhere_;
  std::optional<RtcLoop> loopback_;
  std::map<std::string, std::unique_ptr<Session>> sessions_;
  std::string input_;
};

}  // namespace
}  // namespace pigeon::interop

int main() {
  pigeon::interop::Program program;
  if (!program.start()) return 1;
  program.run();
}
