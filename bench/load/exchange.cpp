#include "bench/load/exchange.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bench/load/clock.hpp"

namespace pigeon::bench {
namespace {

constexpr std::string_view network = "bench";
constexpr std::size_t slot_count = 65'536;
constexpr double connect_seconds_max = 30;
constexpr double calm_seconds_max = 60;

std::string client_text(ClientIndex client) { return "client " + std::to_string(client); }

}  // namespace

Exchange::Exchange(std::uint16_t port, std::size_t clients, std::size_t message_bytes,
                   std::size_t burst)
    : swarm_(port, *this), clients_(clients), burst_(burst), slots_(slot_count) {
  for (std::size_t number = 0; number < clients; ++number) {
    const std::size_t partner = number ^ 1U;
    // As upstream's rule says: the greater id offers.
    const bool offers = peer_id_of(number) > peer_id_of(partner);
    descriptions_.emplace_back(offers ? "offer" : "answer", partner, network, message_bytes);
  }
}

void Exchange::join() {
  swarm_.connect_all(targets_of(clients_), connect_seconds_max);
  for (ClientIndex client = 0; client < clients_; ++client) {
    swarm_.send(client, announce_of(client, network));
    swarm_.poll(0);
  }
  const std::int64_t begin = now_ns();
  std::uint64_t before = 0;
  // Calm: next to nothing arrives for a while, and a hub's delayed notices have had their time.
  do {
    before = round_.others;
    swarm_.run(0.3);
    if (to_seconds(now_ns() - begin) > calm_seconds_max) break;
  } while (round_.others > before + clients_ / 10 || to_seconds(now_ns() - begin) < 1.5);
  round_ = {};
}

Round Exchange::run_closed(double seconds, std::size_t window) {
  const std::int64_t begin = now_ns();
  const std::int64_t end = begin + static_cast<std::int64_t>(seconds * 1e9);
  for (std::int64_t now = begin; now < end; now = now_ns()) {
    while (under_way_ < window) send_next(now_ns());
    swarm_.poll(milliseconds_ns(10));
  }
  return take_round(begin);
}

Round Exchange::run_paced(double seconds, double rate) {
  const std::int64_t begin = now_ns();
  const auto count = static_cast<std::uint64_t>(seconds * rate);
  for (std::uint64_t done = 0; done < count;) {
    const std::int64_t due =
        begin + static_cast<std::int64_t>(static_cast<double>(done) * 1e9 / rate);
    const std::int64_t wait = due - now_ns();
    swarm_.poll(std::max<std::int64_t>(wait, 0));
    if (now_ns() < due) continue;
    send_next(due);
    ++done;
  }
  return take_round(begin);
}

void Exchange::finish() {
  const std::int64_t end = now_ns() + milliseconds_ns(3'000);
  while (under_way_ > 0 && now_ns() < end) swarm_.poll(milliseconds_ns(10));
}

ClientIndex Exchange::add_bystander(std::size_t number, ClientOptions options) {
  const ClientIndex client = swarm_.connect(target_of(number), options);
  const std::int64_t end = now_ns() + milliseconds_ns(5'000);
  while (!swarm_.is_open(client) && !swarm_.is_closed(client) && now_ns() < end) {
    swarm_.poll(milliseconds_ns(10));
  }
  if (!swarm_.is_open(client)) throw std::runtime_error("a further client cannot connect");
  swarm_.send(client, announce_of(number, network));
  return client;
}

void Exchange::send_next(std::int64_t sent_at) {
  const std::uint64_t sequence = next_sequence_++;
  Slot& slot = slots_[sequence % slot_count];
  // Its message is lost, and stays counted as such.
  if (slot.under_way) fault("no answer for " + std::to_string(slot_count) + " messages");
  slot = {.sequence = sequence, .sent_at = sent_at, .under_way = true};
  ++under_way_;
  const ClientIndex sender = sender_of(sequence);
  swarm_.send(sender, descriptions_[sender].numbered(sequence));
}

void Exchange::on_text(ClientIndex client, std::string_view text) {
  const Arrival arrival = look_at(text);
  if (arrival.type == "offer" || arrival.type == "answer") {
    if (client < clients_) receive_description(client, arrival.data);
    return;
  }
  ++round_.others;
  // A bystander may well send to somebody who is gone.
  if (arrival.type == "error" && client < clients_) fault(std::string(text.substr(0, 200)));
}

void Exchange::receive_description(ClientIndex client, std::string_view data) {
  const auto sequence = sequence_of(data);
  if (!sequence) return fault(client_text(client) + " got a damaged description");
  Slot& slot = slots_[*sequence % slot_count];
  if (!slot.under_way || slot.sequence != *sequence) {
    return fault(client_text(client) + " got a description twice, or one that nobody sent");
  }
  const ClientIndex sender = sender_of(*sequence);
  if ((sender ^ 1U) != client) return fault(client_text(client) + " got another's description");
  if (!descriptions_[sender].matches(data)) return fault(client_text(client) + " got changed data");
  slot.under_way = false;
  --under_way_;
  ++round_.messages;
  round_.latencies.push_back(now_ns() - slot.sent_at);
}

void Exchange::on_closed(ClientIndex client, std::uint16_t code) {
  if (client < clients_) fault(client_text(client) + " was closed with " + std::to_string(code));
}

void Exchange::fault(std::string what) {
  if (faults_++ == 0) first_fault_ = std::move(what);
}

Round Exchange::take_round(std::int64_t begin) {
  round_.seconds = to_seconds(now_ns() - begin);
  return std::exchange(round_, {});
}

}  // namespace pigeon::bench
