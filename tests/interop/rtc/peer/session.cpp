#include "tests/interop/rtc/peer/session.hpp"

#include <utility>
#include <variant>

namespace pigeon::interop {

namespace json = boost::json;

namespace {

constexpr std::size_t buffered_high = std::size_t{1} << 20U;
constexpr std::size_t buffered_low = std::size_t{256} << 10U;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool flag_of(const json::object& object, std::string_view key, bool fallback) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_bool() ? value->as_bool() : fallback;
}

template <class Number>
std::optional<Number> number_of(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<Number>();
}

template <class Number>
json::value or_null(const std::optional<Number>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

PeerConnectionOptions options_of(const json::object& create) {
  PeerConnectionOptions options;
  options.relay_only = flag_of(create, "relay_only", false);
  if (const json::value* const servers = create.if_contains("ice_servers")) {
    for (const json::value& server : servers->as_array()) {
      const json::object& object = server.as_object();
      options.ice_servers.push_back(
          {text_of(object, "urls"), text_of(object, "username"), text_of(object, "credential")});
    }
  }
  return options;
}

}  // namespace

Session::Session(RtcLoop& loop, const json::object& create, Tell tell)
    : tell_(std::move(tell)), trickles_(flag_of(create, "trickle", true)) {
  auto made = PeerConnection::create(loop, options_of(create),
                                     [this](const rtc::ConnectionEvent& event) { take(event); });
  if (made) {
    connection_.emplace(*std::move(made));
  } else {
    failure_ = made.error().message;
  }
}

// ---- Commands

const std::map<std::string, Session::Command, std::less<>>& Session::commands() {
  static const std::map<std::string, Command, std::less<>> all = {
      {"offer",
       [](Session& self, const json::object& command) {
         self.describe(true, flag_of(command, "ice_restart", false));
       }},
      {"answer", [](Session& self, const json::object&) { self.describe(false, false); }},
      {"set_remote", &Session::set_remote},
      {"candidate", &Session::add_candidate},
      {"channel", &Session::open_channel},
      {"send", &Session::send},
      {"echo",
       [](Session& self, const json::object& command) {
         self.echoes_ = flag_of(command, "on", false);
         self.emit({{"event", "echo"}, {"on", self.echoes_}});
       }},
      {"close_channel", &Session::close_channel},
      {"stats", [](Session& self, const json::object&) { self.tell_stats(); }},
      {"close", [](Session& self, const json::object&) { self.close(); }},
  };
  return all;
}

void Session::run(json::object command) {
  waiting_.push_back(std::move(command));
  run_waiting();
}

void Session::run_waiting() {
  while (!waiting_.empty() && !is_gathering_) {
    const json::object command = std::move(waiting_.front());
    waiting_.pop_front();
    const std::string name = text_of(command, "do");
    const auto found = commands().find(name);
    if (found == commands().end()) {
      fail(name, "unknown command");
    } else {
      found->second(*this, command);
    }
  }
}

void Session::fail(std::string_view command, std::string_view what) {
  emit({{"event", "error"}, {"do", command}, {"what", what}});
}

void Session::emit(json::object event) { tell_(std::move(event)); }

void Session::describe(bool is_offer, bool restarts_ice) {
  const auto made = is_offer ? connection_->create_offer({.restarts_ice = restarts_ice})
                             : connection_->create_answer();
  const auto done = made ? connection_->set_local_description(*made)
                         : Result<void, rtc::RtcError>(Unexpected(made.error()));
  if (!done) {
    fail(is_offer ? "offer" : "answer", done.error().message);
    return;
  }
  description_type_ = made->type;
  is_gathering_ = true;
  if (trickles_ || connection_->ice_gathering_state() == rtc::IceGatheringState::complete) {
    told_description();
  }
}

void Session::told_description() {
  is_gathering_ = false;
  emit({{"event", "description"},
        {"type", to_string(description_type_)},
        {"sdp", connection_->local_description()->sdp}});
}

void Session::set_remote(const json::object& command) {
  const std::string type = text_of(command, "type");
  const auto done = connection_->set_remote_description(
      {type == "offer" ? rtc::SdpType::offer : rtc::SdpType::answer, text_of(command, "sdp")});
  if (done) {
    emit({{"event", "remote_set"}, {"type", type}});
  } else {
    fail("set_remote", done.error().message);
  }
}

void Session::add_candidate(const json::object& command) {
  const json::object& given = command.at("candidate").as_object();
  rtc::IceCandidate candidate;
  candidate.candidate = text_of(given, "candidate");
  candidate.sdp_mid = text_of(given, "sdpMid");
  candidate.sdp_m_line_index = number_of<std::uint16_t>(given, "sdpMLineIndex");
  const auto done = connection_->add_ice_candidate(candidate);
  if (!done) fail("candidate", done.error().message);
}

void Session::open_channel(const json::object& command) {
  rtc::DataChannelInit init;
  init.ordered = flag_of(command, "ordered", true);
  init.max_retransmits = number_of<std::uint16_t>(command, "max_retransmits");
  init.max_packet_life_time_ms = number_of<std::uint16_t>(command, "max_packet_life_time");
  init.protocol = text_of(command, "protocol");
  init.negotiated = flag_of(command, "negotiated", false);
  init.id = number_of<std::uint16_t>(command, "channel_id");
  const std::string label = text_of(command, "channel");
  const auto key = connection_->create_data_channel(label, std::move(init));
  if (key) {
    channels_[*key].label = label;
  } else {
    fail("channel", to_string(key.error()));
  }
}

void Session::send(const json::object& command) {
  const auto key = find(text_of(command, "channel"));
  if (!key) {
    fail("send", "no such channel");
    return;
  }
  Series series;
  series.has_string = command.contains("string");
  series.string = text_of(command, "string");
  series.is_text = series.has_string || flag_of(command, "text", false);
  series.seed = number_of<std::uint32_t>(command, "seed").value_or(0);
  series.bytes = number_of<std::size_t>(command, "bytes").value_or(0);
  series.count = number_of<std::size_t>(command, "count").value_or(1);
  channels_[*key].waiting.push_back({std::move(series)});
  send_on(*key);
}

void Session::send_on(rtc::ChannelKey key) {
  Channel& channel = channels_[key];
  while (!channel.waiting.empty()) {
    Sending& sending = channel.waiting.front();
    if (sending.sent == sending.series.count) {
      emit({{"event", "sent"}, {"channel", channel.label}, {"count", sending.sent}});
      channel.waiting.pop_front();
      continue;
    }
    // Goes on at `BufferedAmountLow`.
    if (connection_->buffered_amount(key) > buffered_high) return;
    const Bytes bytes = content(sending.series, sending.sent);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto done = sending.series.is_text ? connection_->send_text(key, text)
                                             : connection_->send_binary(key, std::span(bytes));
    if (!done) {
      fail("send", to_string(done.error()));
      channel.waiting.pop_front();
      return;
    }
    ++sending.sent;
  }
}

void Session::close_channel(const json::object& command) {
  const auto key = find(text_of(command, "channel"));
  if (key) {
    connection_->close_data_channel(*key);
  } else {
    fail("close_channel", "no such channel");
  }
}

void Session::tell_stats() {
  const PeerConnectionStats stats = connection_->get_stats();
  const auto type = [](const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
  };
  emit({{"event", "stats"},
        {"local", type(stats.local_candidate_type)},
        {"remote", type(stats.remote_candidate_type)}});
}

void Session::close() {
  connection_->close();
  emit({{"event", "closed"}});
}

std::optional<rtc::ChannelKey> Session::find(std::string_view label) const {
  for (const auto& [key, channel] : channels_) {
    if (channel.label == label) return key;
  }
  return std::nullopt;
}

// ---- Events

void Session::take(const rtc::ConnectionEvent& event) {
  if (const auto* found = std::get_if<rtc::IceCandidateFound>(&event)) {
    take_candidate(*found);
  } else if (const auto* announced = std::get_if<rtc::ChannelAnnounced>(&event)) {
    take_announced(announced->channel);
  } else if (const auto* opened = std::get_if<rtc::ChannelOpened>(&event)) {
    take_opened(opened->channel);
  } else if (const auto* message = std::get_if<rtc::ChannelMessage>(&event)) {
    take_message(*message);
  } else if (const auto* low = std::get_if<rtc::BufferedAmountLow>(&event)) {
    send_on(low->channel);
  } else if (const auto* closed = std::get_if<rtc::ChannelClosed>(&event)) {
    emit({{"event", "channel_closed"}, {"channel", channels_[closed->channel].label}});
    channels_.erase(closed->channel);
  }
  take_state();
}

void Session::take_state() {
  json::object state = {{"event", "state"},
                        {"connection", to_string(connection_->connection_state())},
                        {"ice", to_string(connection_->ice_connection_state())},
                        {"gathering", to_string(connection_->ice_gathering_state())},
                        {"signaling", to_string(connection_->signaling_state())}};
  std::string text = json::serialize(state);
  if (text != last_state_) {
    last_state_ = std::move(text);
    emit(std::move(state));
  }
  if (is_gathering_ && connection_->ice_gathering_state() == rtc::IceGatheringState::complete) {
    told_description();
    run_waiting();
  }
}

void Session::take_candidate(const rtc::IceCandidateFound& found) {
  const rtc::IceCandidate& candidate = found.candidate;
  if (!trickles_ || candidate.candidate.empty()) return;
  emit({{"event", "candidate"},
        {"candidate",
         {{"candidate", candidate.candidate},
          {"sdpMid", candidate.sdp_mid},
          {"sdpMLineIndex", candidate.sdp_m_line_index.value_or(0)}}}});
}

void Session::take_announced(rtc::ChannelKey key) {
  const auto channel = connection_->data_channel(key);
  if (!channel) return;
  channels_[key].label = channel->label;
  emit({{"event", "channel"},
        {"channel", channel->label},
        {"protocol", channel->init.protocol},
        {"ordered", channel->init.ordered},
        {"max_retransmits", or_null(channel->init.max_retransmits)},
        {"max_packet_life_time", or_null(channel->init.max_packet_life_time_ms)},
        {"channel_id", or_null(channel->id)}});
}

void Session::take_opened(rtc::ChannelKey key) {
  const auto channel = connection_->data_channel(key);
  if (!channel) return;
  connection_->set_buffered_amount_low_threshold(key, buffered_low);
  emit({{"event", "channel_open"},
        {"channel", channel->label},
        {"channel_id", or_null(channel->id)}});
}

void Session::take_message(const rtc::ChannelMessage& message) {
  emit({{"event", "message"},
        {"channel", channels_[message.channel].label},
        {"text", message.is_text},
        {"bytes", message.data.size()},
        {"sha256", sha256_hex(message.data)}});
  if (!echoes_) return;
  const std::string_view text(reinterpret_cast<const char*>(message.data.data()),
                              message.data.size());
  const auto done = message.is_text
                        ? connection_->send_text(message.channel, text)
                        : connection_->send_binary(message.channel, std::span(message.data));
  if (!done) fail("echo", to_string(done.error()));
}

}  // namespace pigeon::interop
