// An agent whose network, peer and time are the input: arbitrary datagrams, checks and answers with
// a right integrity and wrong contents, candidates, restarts, a relay, and time in between.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "rtc/ice/agent.hpp"
#include "rtc/ice/stun/writer.hpp"
#include "tests/fuzz/script.hpp"

namespace {

using namespace pigeon;
using namespace pigeon::ice;
using fuzz::Script;

constexpr SocketAddress v4(std::uint8_t last, std::uint16_t port) {
  return {IpAddress(IpAddress::V4{192, 0, 2, last}), port};
}

constexpr SocketAddress stun_server = v4(100, 3'478);
constexpr SocketAddress turn_server = v4(101, 3'478);
constexpr SocketAddress relayed = v4(101, 50'000);
constexpr SocketAddress tcp_server = v4(102, 3'478);

AgentOptions options() {
  AgentOptions result;
  result.stun_servers = {stun_server};
  result.turn_servers = {
      {.address = turn_server, .username = "user", .password = "secret"},
      {.address = tcp_server, .transport = TurnTransport::tcp, .username = "user"}};
  result.pairs_max = 12;
  result.remote_candidates_max = 6;
  result.local_addresses_max = 3;
  return result;
}

class World {
 public:
  explicit World(Script& input) : input_(input), agent_(options(), Random::from_number(1)) {}

  void step() {
    switch (input_.byte() % 16) {
      case 0:
        raw();
        break;
      case 1:
      case 2:
        request();
        break;
      case 3:
      case 4:
      case 5:
        answer();
        break;
      case 6:
        pass(1ms * input_.byte());
        break;
      case 7:
        pass(1s * (input_.byte() % 40));
        break;
      case 8:
        describe();
        break;
      case 9:
        agent_.add_local_address(local(), now_);
        break;
      case 10:
        candidate();
        break;
      case 11:
        control();
        break;
      case 12:
        stream();
        break;
      case 13:
        check_sending();
        break;
      default:
        pass(20ms);
        break;
    }
    check();
  }

 private:
  SocketAddress local() { return v4(1, static_cast<std::uint16_t>(5'000 + input_.byte() % 4)); }
  SocketAddress remote() {
    const std::uint8_t choice = input_.byte();
    if (choice == 255) return stun_server;
    if (choice == 254) return turn_server;
    return v4(static_cast<std::uint8_t>(2 + choice % 8), 6'000);
  }
  AddressPair path() {
    const SocketAddress here = input_.byte() % 8 == 7 ? relayed : local();
    return {here, remote()};
  }

  void receive(const AddressPair& way, BytesView datagram) {
    const Received received = agent_.receive(way, datagram, now_);
    if (received.input != Input::application) PIGEON_ASSERT(received.payload.empty());
  }

  void raw() {
    const AddressPair way = path();
    receive(way, input_.bytes(200));
  }

  /// Turns a bit over now and then.
  void mutate(Bytes& message) {
    const std::uint8_t choice = input_.byte();
    if (choice < 240 || message.empty()) return;
    message[input_.byte() % message.size()] ^= static_cast<std::uint8_t>(1U << choice % 8);
  }

  /// A check of somebody who knows the password.
  void request() {
    const AddressPair way = path();
    const std::uint8_t flags = input_.byte();
    const Credentials& ours = agent_.local_credentials();
    const std::string& theirs = (flags & 1U) != 0 ? other_ : remote_.ufrag;
    Bytes buffer(256);
    StunWriter writer(buffer, StunClass::request, StunMethod::binding,
                      TransactionId{flags, input_.byte()});
    writer.text(StunAttribute::username, ours.ufrag + ':' + theirs);
    if ((flags & 2U) == 0) writer.u32(StunAttribute::priority, 0x01000000U * input_.byte());
    if ((flags & 4U) != 0) writer.attribute(StunAttribute::use_candidate);
    if ((flags & 8U) != 0)
      writer.u64(StunAttribute::ice_controlling, std::uint64_t{input_.byte()} << 56U);
    if ((flags & 16U) != 0)
      writer.u64(StunAttribute::ice_controlled, std::uint64_t{input_.byte()} << 56U);
    if ((flags & 96U) == 96U) writer.attribute(StunAttribute{0x7777});
    writer.integrity(as_bytes(ours.password));
    if ((flags & 128U) != 0) writer.fingerprint();
    buffer.resize(writer.finish());
    mutate(buffer);
    receive(way, buffer);
  }

  /// Answers one of the datagrams that the agent has sent, or all of them.
  void answer() {
    const DatagramBatch batch = transmit();
    const std::uint8_t which = input_.byte();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (which < 128 && i != which % batch.size()) continue;
      const auto& datagram = batch.datagrams()[i];
      const auto message = decode_stun(batch.payload(datagram));
      if (!message || message->message_class() != StunClass::request) continue;
      respond(*message, datagram.path);
    }
  }

  void respond(const StunMessage& message, const AddressPair& way) {
    const std::uint8_t kind = input_.byte();
    const bool refused = kind >= 192;
    Bytes buffer(256);
    StunWriter writer(buffer, refused ? StunClass::error : StunClass::success, message.method(),
                      message.transaction());
    if (refused)
      writer.error_code(kind % 2 == 0 ? 487 : static_cast<std::uint16_t>(400 + kind % 99), "");
    writer.xor_address(StunAttribute::xor_mapped_address, kind % 4 == 3 ? remote() : way.local);
    if (message.method() == StunMethod::allocate) {
      writer.xor_address(StunAttribute::xor_relayed_address, kind % 8 == 7 ? way.local : relayed);
    }
    if (message.method() == StunMethod::binding) writer.integrity(as_bytes(remote_.password));
    buffer.resize(writer.finish());
    mutate(buffer);
    receive(kind % 16 == 15 ? path() : way, buffer);
  }

  void describe() {
    const std::uint8_t kind = input_.byte();
    remote_.ufrag = "remote" + std::to_string(kind % 3);
    agent_.set_remote(remote_, kind >= 250, now_);
    // A password stands for its generation.
  }

  void candidate() {
    Candidate one{.foundation = "1", .address = remote()};
    const std::uint8_t flags = input_.byte();
    one.type = static_cast<CandidateType>(flags % 4);
    one.priority = 0x01000000U * flags;
    if (flags % 16 == 15) one.ufrag = other_;
    agent_.add_remote_candidate(one, now_);
  }

  void control() {
    switch (input_.byte() % 8) {
      case 0:
        agent_.restart(now_);
        break;
      case 1:
        agent_.set_role(input_.byte() % 2 == 0 ? Role::controlling : Role::controlled);
        break;
      case 2:
        agent_.remove_local_address(local(), now_);
        break;
      case 3:
        agent_.end_of_local_addresses(now_);
        break;
      case 4:
        agent_.end_of_remote_candidates(now_);
        break;
      case 5:
        agent_.stream_closed(input_.byte() % 4, now_);
        break;
      case 6:
        if (input_.byte() == 0) agent_.close(now_);
        break;
      default:
        agent_.handle_timeout(now_);
        break;
    }
  }

  void stream() {
    const StreamId id = input_.byte() % 4;
    if (input_.byte() % 2 == 0) agent_.stream_opened(id, local(), now_);
    const BytesView given = input_.bytes(200);
    BytesView rest = given;
    while (!rest.empty()) {
      const std::size_t before = rest.size();
      agent_.stream_received(id, rest, now_);
      PIGEON_ASSERT(rest.size() < before);
    }
  }

  void check_sending() {
    DatagramBatch batch;
    agent_.send(as_bytes("payload"), batch);
    PIGEON_ASSERT(agent_.can_send() || batch.empty());
    PIGEON_ASSERT(batch.size() <= 1);
  }

  void pass(Duration span) {
    const Instant end = now_.monotonic + span;
    int wakes = 0;
    while (agent_.next_timeout() <= end) {
      now_.monotonic = std::max(now_.monotonic, agent_.next_timeout());
      agent_.handle_timeout(now_);
      // Every wake-up leads to another instant.
      PIGEON_ASSERT(agent_.next_timeout() > now_.monotonic);
      PIGEON_ASSERT(++wakes < 20'000);
      if (wakes % 64 == 0) transmit();
    }
    now_.monotonic = end;
  }

  DatagramBatch transmit() {
    DatagramBatch batch;
    agent_.transmit(batch, now_);
    return batch;
  }

  void check() {
    agent_.take_events();
    const Pair* selected = agent_.selected_pair();
    PIGEON_ASSERT(agent_.can_send() == (selected != nullptr));
    if (selected != nullptr) PIGEON_ASSERT(selected->valid());
    const bool carries = agent_.state() == State::connected || agent_.state() == State::completed;
    if (carries) PIGEON_ASSERT(agent_.can_send());
  }

  Script& input_;
  Agent agent_;
  Now now_{Instant(1h), 0};
  Credentials remote_{"remote", "a password of 22 chars"};
  std::string other_ = "other";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int steps_max = 400;
  Script input(data, size);
  World world(input);
  for (int i = 0; i < steps_max && !input.is_finished(); ++i) world.step();
  return 0;
}
