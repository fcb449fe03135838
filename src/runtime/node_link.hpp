#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "node/input.hpp"
#include "pigeon/peer_connection.hpp"

namespace pigeon::runtime {

/// One link of a node, or the attempt at one: a connection with its data channel. Belongs to the
/// loop's thread.
class NodeLink {
 public:
  /// What a link tells, never inside one of its calls. The receiver may close the link, but not
  /// destroy it.
  struct Calls {
    std::function<void(node::Input)> tell;
    /// A link that was closed has ended.
    std::function<void()> ended;
  };
  /// An answer of ours, if the other side waits for one; the error is a sentence.
  using Applied = Result<std::optional<rtc::SessionDescription>, std::string>;

  NodeLink(node::LinkId id, const Calls& calls) : id_(id), calls_(calls) {}
  NodeLink(const NodeLink&) = delete;
  NodeLink& operator=(const NodeLink&) = delete;
  ~NodeLink() = default;

  node::LinkId id() const { return id_; }

  /// Makes a connection that offers the channel.
  Applied dial(RtcLoop& loop, const PeerConnectionOptions& options);
  /// Makes a connection that answers.
  Applied accept(RtcLoop& loop, const PeerConnectionOptions& options,
                 const rtc::SessionDescription& offer);
  /// An error of a link that was open before leaves it as it is.
  Applied apply(const rtc::SessionDescription& description);
  void apply(const rtc::IceCandidate& candidate);
  bool is_open() const { return is_open_; }

  /// False if the message was dropped because the channel takes no more.
  bool send_text(std::string_view text);
  bool send_binary(Bytes&& data);
  /// True if no more than this waits already; otherwise `LinkDrained` is told when it is so.
  bool notify_drained(std::size_t threshold);

  /// Closes once what was sent has arrived, but not later than `close_time_max` from now. Nothing
  /// is told any more.
  void close(Instant now);
  /// Nothing is left to be sent: the link may be destroyed.
  bool has_ended() const { return has_ended_; }

  void handle_timeout(Instant now);
  Instant next_timeout() const { return deadline_; }

  static constexpr Duration close_time_max = 300ms;
  /// How long a transport may be disconnected before its link is given up (PeerPigeon protocol,
  /// section 4.8).
  static constexpr Duration disconnected_time_max = 12s;

 private:
  std::optional<std::string> connect(RtcLoop& loop, const PeerConnectionOptions& options);
  void receive(rtc::ConnectionEvent& event);
  void receive_message(const rtc::ChannelMessage& message);
  void receive_state(rtc::ConnectionState state);
  void receive_channel(rtc::ChannelKey channel);
  void lose(std::string_view reason);
  void end();

  node::LinkId id_;
  const Calls& calls_;
  std::optional<PeerConnection> connection_;
  std::optional<rtc::ChannelKey> channel_;
  Instant deadline_ = Instant::max();
  bool is_open_ = false;
  bool is_closing_ = false;
  bool has_ended_ = false;
  bool is_drain_awaited_ = false;
};

}  // namespace pigeon::runtime
