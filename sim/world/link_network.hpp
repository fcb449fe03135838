#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "node/input.hpp"
#include "node/link_id.hpp"
#include "pigeon/rtc_types.hpp"
#include "sim/engine/scheduler.hpp"

namespace pigeon::sim {

/// Whoever has ends of simulated links. Hears of them as a node does, always from the scheduler and
/// never during a call on the network.
class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  /// One of the inputs that are about links.
  virtual void receive_link(const node::Input& input) = 0;
};

/// Names an owner in its network; never used again.
enum class OwnerId : std::uint32_t {};

/// What links are like.
struct LinkConditions {
  /// Of each message, uniform between the two; what one link carries stays in order.
  Duration latency_min = 5ms;
  Duration latency_max = 60ms;
  /// Bytes a second in each direction of a link; 0 is no limit.
  std::uint64_t bandwidth = 16U << 20U;
  /// Bytes that wait for the link; more are refused: `LinkOverflowed`, and that a frame is
  /// lost if it was one.
  std::size_t send_buffer_max = std::size_t{4} << 20U;
  /// Bytes that a side takes in which does not read.
  std::size_t receive_window = 131'072;
  /// Time that ICE, DTLS and SCTP take once both descriptions are there.
  Duration setup_time = 150ms;
  /// After this an attempt is over.
  Duration setup_time_max = 30s;
  /// After this a dead path falls silent, and after this it is given up.
  Duration silence_notice = 8s;
  Duration loss_notice = 20s;
};

/// Links between nodes, as WebRTC makes them: an offer and an answer travel between the owners,
/// each with a token that stands for ICE's credentials and the fingerprint of its owner's
/// certificate; at least one side must learn of a candidate of the other; if the certificate is
/// another than the one described, there is no link.
class LinkNetwork {
 public:
  LinkNetwork(Scheduler& scheduler, Random random, const LinkConditions& conditions = {});

  /// The owner stays where it is until it is removed.
  OwnerId add(LinkOwner& owner);
  /// As a killed process: says nothing, and the others notice later.
  void remove(OwnerId owner);

  // ---- What owners do

  void dial(OwnerId owner, node::LinkId link);
  void accept(OwnerId owner, node::LinkId link, const rtc::SessionDescription& offer);
  void apply(OwnerId owner, node::LinkId link, const rtc::SessionDescription& description);
  void apply(OwnerId owner, node::LinkId link, const rtc::IceCandidate& candidate);
  void close(OwnerId owner, node::LinkId link);
  /// Several links can share one text.
  void send_text(OwnerId owner, node::LinkId link, std::shared_ptr<const std::string> text);
  void send_binary(OwnerId owner, node::LinkId link, Bytes data);
  void notify_drained(OwnerId owner, node::LinkId link, std::size_t threshold);

  // ---- Faults

  /// Owners of different groups do not reach each other. Everybody begins in group 0.
  void set_group(OwnerId owner, int group);
  /// Everything since the last call of `set_group` comes into force.
  void regroup();
  /// An owner that does not read lets everything wait.
  void set_reading(OwnerId owner, bool is_reading);
  /// The path dies; both sides notice.
  void break_link(OwnerId owner, node::LinkId link);

  // ---- The truth

  struct OpenEnd {
    node::LinkId link{};
    OwnerId other{};
  };
  /// Ends that are open on both sides.
  std::vector<OpenEnd> open_ends(OwnerId owner) const;
  /// Who is at the other end of an open link.
  std::optional<OwnerId> other_side(OwnerId owner, node::LinkId link) const;
  const std::string& fingerprint(OwnerId owner) const { return at(owner).fingerprint; }
  std::uint64_t message_count() const { return message_count_; }
  std::uint64_t byte_count() const { return byte_count_; }

 private:
  using Token = std::uint64_t;
  /// What a link carries, besides text and binary: the news that it is open, or closed.
  struct Packet {
    enum class Kind : std::uint8_t { opened, text, binary, closed };
    Kind kind = Kind::text;
    std::shared_ptr<const std::string> text;
    std::shared_ptr<const Bytes> data;

    std::size_t size() const { return text ? text->size() : data ? data->size() : 0; }
  };
  struct End {
    OwnerId owner{};
    node::LinkId link{};
    bool is_offerer = false;
    bool is_open = false;
    bool is_broken = false;
    bool is_silent = false;
    bool knows_candidate = false;
    std::optional<Token> remote;
    std::string remote_fingerprint;
    OwnerId other{};
    // Sending: when the link is free again, what has not left yet, and the last arrival.
    Instant free_at{};
    Instant last_arrival{};
    std::deque<std::pair<Instant, std::size_t>> departures;
    std::size_t waiting = 0;
    std::optional<std::size_t> drain_threshold;
    // Receiving: what has arrived and is not let through.
    std::deque<Packet> held;
    std::size_t held_bytes = 0;
  };
  struct Owner {
    LinkOwner* owner = nullptr;
    int group = 0;
    bool is_reading = true;
    std::string fingerprint;
    std::map<node::LinkId, Token> links;
  };

  Owner& at(OwnerId owner) { return owners_[static_cast<std::size_t>(owner)]; }
  const Owner& at(OwnerId owner) const { return owners_[static_cast<std::size_t>(owner)]; }
  End* find(Token token);
  const End* find(Token token) const;
  std::optional<Token> token_of(OwnerId owner, node::LinkId link) const;
  Token make_end(OwnerId owner, node::LinkId link, bool is_offerer);
  void erase(Token token);
  static void learn(End& end, const rtc::SessionDescription& description);
  void describe(Token token);
  void try_to_connect(Token token);
  void finish_connecting(Token offerer, Token answerer);
  void fail(Token token, std::string_view reason);
  void fail_dead_path(Token token, std::string_view reason);
  void note_silence(Token token, bool is_silent);
  bool is_dead(const End& end) const;
  bool can_reach(OwnerId a, OwnerId b) const;
  bool is_let_through(const End& receiver) const;
  void send(Token from, Packet packet);
  void carry(End& from, Packet packet);
  void arrive(Token to, Packet packet);
  void hand_over(Token to, const Packet& packet);
  void release(Token token);
  std::size_t queued(End& end);
  void check_drained(Token token);
  Duration latency();
  void tell(OwnerId owner, const node::Input& input);

  Scheduler& scheduler_;
  Random random_;
  LinkConditions conditions_;
  std::deque<Owner> owners_;
  std::map<Token, End> ends_;
  Token next_token_ = 1;
  std::uint64_t message_count_ = 0;
  std::uint64_t byte_count_ = 0;
};

}  // namespace pigeon::sim
