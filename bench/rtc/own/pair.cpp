#include "bench/rtc/own/pair.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

#include "bench/load/clock.hpp"

namespace pigeon::bench {

namespace {

constexpr std::int64_t open_time_max = milliseconds_ns(30'000);

template <class Value, class Error>
Value need(Result<Value, Error> result, const char* what) {
  if (!result) throw std::runtime_error(what);
  if constexpr (!std::is_void_v<Value>) return *std::move(result);
}

}  // namespace

RtcLoop make_loop() {
  return need(
      RtcLoop::create({.addresses = {"127.0.0.1"}, .use_loopback = true, .shares_sockets = false}),
      "no loop can be made");
}

Pair::Pair(RtcLoop& loop, const PeerConnectionOptions& options) {
  add(0, loop, options);
  add(1, loop, options);
  PeerConnection& one = *near().connection;
  PeerConnection& other = *far().connection;
  near().channel = need(one.create_data_channel("bench"), "no channel can be made");
  need(other.set_remote_description(need(one.set_local_description(), "no offer")), "offer");
  need(one.set_remote_description(need(other.set_local_description(), "no answer")), "answer");
}

void Pair::add(std::size_t index, RtcLoop& loop, const PeerConnectionOptions& options) {
  auto made = PeerConnection::create(
      loop, options, [this, index](rtc::ConnectionEvent event) { receive(index, event); });
  if (!made) throw std::runtime_error(made.error().message);
  ends_[index].connection = *std::move(made);
}

void Pair::receive(std::size_t index, rtc::ConnectionEvent& event) {
  End& end = ends_[index];
  if (auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
    if (end.on_message) end.on_message(std::move(message->data));
  } else if (std::holds_alternative<rtc::BufferedAmountLow>(event)) {
    if (end.on_buffered_amount_low) end.on_buffered_amount_low();
  } else if (const auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
    need(ends_[1 - index].connection->add_ice_candidate(found->candidate), "candidate");
  } else if (const auto* announced = std::get_if<rtc::ChannelAnnounced>(&event)) {
    end.channel = announced->channel;
  } else if (std::holds_alternative<rtc::ChannelOpened>(event)) {
    end.is_open = true;
  } else if (std::holds_alternative<rtc::ChannelClosed>(event)) {
    end.is_open = false;
    if (failure_.empty()) failure_ = "The channel was closed.";
  } else if (const auto* changed = std::get_if<rtc::ConnectionStateChanged>(&event)) {
    const bool has_ended = changed->state == rtc::ConnectionState::failed ||
                           changed->state == rtc::ConnectionState::closed;
    if (has_ended) failure_ = changed->reason;
  }
}

bool Pair::is_connected() const {
  return is_open() && std::ranges::all_of(ends_, [](const End& end) {
           return end.connection->connection_state() == rtc::ConnectionState::connected;
         });
}

void open(RtcLoop& loop, const std::vector<Pair*>& pairs) {
  const std::int64_t end = now_ns() + open_time_max;
  const auto is_open = [](const Pair* pair) { return pair->is_open(); };
  while (!std::ranges::all_of(pairs, is_open)) {
    loop.run_once(std::chrono::milliseconds(100));
    for (const Pair* pair : pairs) {
      if (!pair->failure().empty()) throw std::runtime_error(pair->failure());
    }
    if (now_ns() > end) throw std::runtime_error("a pair did not open in time");
  }
}

}  // namespace pigeon::bench
