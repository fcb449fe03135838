#include "tests/support/crowd.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <poll.h>

#include <boost/json/parse.hpp>

namespace pigeon::test {

namespace {

constexpr std::chrono::milliseconds pause = 100ms;
constexpr std::size_t complaints_max = 8;
/// Ids of crowds begin here, far from those of the tests.
constexpr std::uint64_t first_id = 1'000'000;

}  // namespace

Crowd::Crowd(std::uint16_t port, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Member member;
    member.client = std::make_unique<PeerClient>(port, make_id(first_id + i),
                                                 PeerOptions{.network = "crowd", .max_peers = 3});
    member.client->announce();
    members_.push_back(std::move(member));
  }
  for (Member& member : members_) member.client->sync();
  for (Member& member : members_) member.client->inbox().clear();
  thread_ = std::thread([this] { run(); });
}

Crowd::~Crowd() { finish(); }

CrowdReport Crowd::finish() {
  is_finishing_ = true;
  if (thread_.joinable()) thread_.join();
  return report_;
}

void Crowd::run() {
  try {
    run_until_all_have_arrived();
  } catch (const std::exception& error) {
    report_.complaints.emplace_back(error.what());
  }
  report_.received = received_;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    report_.sent += members_[i].sent;
    if (members_[i].sent != members_[i].arrived) complain(i, "signal lost");
  }
}

void Crowd::run_until_all_have_arrived() {
  std::vector<pollfd> watched;
  for (const Member& member : members_) {
    auto& stream = dynamic_cast<TcpStream&>(member.client->socket().stream());
    watched.push_back({.fd = stream.descriptor(), .events = POLLIN, .revents = 0});
  }
  Deadline deadline;
  while (!is_finishing_ || (!all_have_arrived() && !deadline.has_passed())) {
    if (!is_finishing_) {
      send_due();
      deadline = Deadline();
    }
    constexpr int poll_ms = 10;
    ::poll(watched.data(), watched.size(), poll_ms);
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].revents == 0) continue;
      receive(i);
      if (members_[i].has_ended) watched[i].fd = -1;
    }
  }
}

void Crowd::receive(std::size_t index) {
  WebSocketClient& socket = members_[index].client->socket();
  do {
    const auto frame = socket.receive();
    if (!frame || frame->opcode == opcode::close) {
      const Ending ending = socket.ending().value_or(Ending());
      complain(index, "closed with " + std::to_string(ending.code) + " " + ending.reason);
      members_[index].has_ended = true;
      return;
    }
    if (frame->opcode == opcode::ping) {
      socket.send({.opcode = opcode::pong, .payload = frame->payload});
    }
    if (frame->opcode == opcode::text) read(index, frame->payload);
  } while (socket.has_frame());
}

void Crowd::read(std::size_t index, const std::string& text) {
  const json::object message = json::parse(text).as_object();
  const std::string type = text_at(message, "type");
  if (type == "error") complain(index, text);
  if (type != "ice-candidate") return;
  Member& sender = previous(index);
  const std::int64_t number = message.at("data").as_object().at("number").as_int64();
  if (text_at(message, "fromPeerId") != sender.client->id() ||
      static_cast<std::uint64_t>(number) != sender.arrived + 1) {
    complain(index, "unexpected " + text);
    return;
  }
  ++sender.arrived;
  ++received_;
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - sender.sent_at);
  report_.slowest = std::max(report_.slowest, time);
}

void Crowd::send_due() {
  const Clock::time_point now = Clock::now();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    const bool is_due = member.sent == member.arrived && member.sent_at + pause <= now;
    if (!is_due || member.has_ended) continue;
    ++member.sent;
    member.sent_at = now;
    member.client->signal("ice-candidate", next(i).client->id(), {{"number", member.sent}});
  }
}

bool Crowd::all_have_arrived() const {
  return std::all_of(members_.begin(), members_.end(),
                     [](const Member& member) { return member.sent == member.arrived; });
}

void Crowd::complain(std::size_t index, const std::string& what) {
  if (report_.complaints.size() < complaints_max) {
    report_.complaints.push_back("client " + std::to_string(index) + ": " + what);
  }
}

}  // namespace pigeon::test
