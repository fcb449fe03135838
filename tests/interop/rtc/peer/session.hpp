#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "pigeon/peer_connection.hpp"
#include "tests/interop/rtc/peer/content.hpp"

namespace pigeon::interop {

/// One peer connection that obeys the commands of ../README.md. Stays where it is.
class Session {
 public:
  using Tell = std::function<void(boost::json::object)>;

  Session(RtcLoop& loop, const boost::json::object& create, Tell tell);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs the command once those before it are done.
  void run(boost::json::object command);
  /// Why there is no connection; empty if there is one.
  const std::string& failure() const { return failure_; }

 private:
  struct Sending {
    Series series;
    std::size_t sent = 0;
  };
  struct Channel {
    std::string label;
    std::deque<Sending> waiting;
  };
  using Command = std::function<void(Session&, const boost::json::object&)>;
  static const std::map<std::string, Command, std::less<>>& commands();

  void run_waiting();
  void fail(std::string_view command, std::string_view what);
  void emit(boost::json::object event);

  void describe(bool is_offer, bool restarts_ice);
  void told_description();
  void set_remote(const boost::json::object& command);
  void add_candidate(const boost::json::object& command);
  void open_channel(const boost::json::object& command);
  void send(const boost::json::object& command);
  void close_channel(const boost::json::object& command);
  void tell_stats();
  void close();

  void take(const rtc::ConnectionEvent& event);
  void take_candidate(const rtc::IceCandidateFound& found);
  void take_announced(rtc::ChannelKey key);
  void take_opened(rtc::ChannelKey key);
  void take_message(const rtc::ChannelMessage& message);
  void take_state();
  void send_on(rtc::ChannelKey key);
  std::optional<rtc::ChannelKey> find(std::string_view label) const;

  Tell tell_;
  std::string failure_;
  std::optional<PeerConnection> connection_;
  bool trickles_ = true;
  bool echoes_ = false;
  /// A description waits for all candidates.
  bool is_gathering_ = false;
  rtc::SdpType description_type_{};
  std::deque<boost::json::object> waiting_;
  std::map<rtc::ChannelKey, Channel> channels_;
  std::string last_state_;
};

}  // namespace pigeon::interop
