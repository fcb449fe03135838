#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "base/socket_address.hpp"
#include "base/time.hpp"
#include "rtc/ice/candidate.hpp"
#include "rtc/ice/check.hpp"
#include "rtc/ice/check_list.hpp"
#include "rtc/ice/credentials.hpp"
#include "rtc/ice/event.hpp"
#include "rtc/ice/gatherer.hpp"
#include "rtc/ice/options.hpp"
#include "rtc/ice/pair.hpp"
#include "rtc/ice/relays.hpp"
#include "rtc/ice/stats.hpp"

namespace pigeon::ice {

/// What became of a datagram.
enum class Input : std::uint8_t { consumed, application, dropped };

struct Received {
  Input input{};
  /// For `Input::application`: a view into the datagram.
  BytesView payload;
};

/// One end of an ICE session with one data stream of one component (RFC 8445, RFC 8838): finds a
/// way to the other agent, keeps it open, and takes another when it dies.
///
/// After each input, `transmit` and `take_events` have what follows from it, and `next_timeout` may
/// be earlier than before.
class Agent {
 public:
  Agent(AgentOptions options, Random random);

  const Credentials& local_credentials() const { return local_; }
  /// Before `set_remote`; `controlled` unless set. A conflict may change it (RFC 8445
  /// section 7.3.1.1).
  void set_role(Role role);
  Role role() const { return role_; }

  /// What the other agent's description says. Its first call, and the first after `restart`, starts
  /// the checks; an agent beside a lite one controls. False if the sizes break RFC 8839 section
  /// 5.4; then nothing has changed.
  bool set_remote(Credentials remote, bool lite, Now now);
  /// The address of a UDP socket: a host candidate, from which servers are asked for others.
  /// Ignored if it is known, not wanted by the options, or one too many.
  void add_local_address(const SocketAddress& base, Now now);
  /// The socket is gone, and with it whatever went through it.
  void remove_local_address(const SocketAddress& base, Now now);
  void end_of_local_addresses(Now now);
  /// Ignored, and counted, if it cannot be used: unresolved, TCP, of another generation, known, or
  /// one too many.
  void add_remote_candidate(const Candidate& candidate, Now now);
  void end_of_remote_candidates(Now now);
  /// Begins a generation with other credentials (RFC 8445 section 9) and reports the local
  /// candidates again. Data goes on over the old pair until there is a better one.
  void restart(Now now);
  /// The same with credentials that a description has told already.
  void restart(Credentials credentials, Now now);
  /// Goes back to what was before `restart`, since the other agent will not follow: only before
  /// `set_remote`, else nothing happens. Reports the local candidates again.
  void cancel_restart(Now now);
  /// Ends everything. What `transmit` and `take_events` have then gives relayed addresses back;
  /// nothing else is sent any more.
  void close(Now now);

  /// A datagram that came in on a socket.
  Received receive(const AddressPair& path, BytesView datagram, Now now);
  /// What became of an `OpenStream`: it is open from this address on, ...
  void stream_opened(StreamId id, const SocketAddress& local, Now now);
  /// ... it has brought bytes, which are taken from the front of `bytes`. To be called until they
  /// are used up; a payload is valid until the next call.
  Received stream_received(StreamId id, BytesView& bytes, Now now);
  /// ... it could not be opened, or is closed.
  void stream_closed(StreamId id, Now now);
  void handle_timeout(Now now);
  /// When `handle_timeout` next has work; `Instant::max()` if it has none.
  Instant next_timeout() const { return next_timeout_; }
  /// Appends the datagrams that wait, and what is due.
  void transmit(DatagramBatch& out, Now now);
  std::vector<Event> take_events() { return std::exchange(events_, {}); }

  /// Whether there is a path for application datagrams, with the other side's consent.
  bool can_send() const { return selected_ != 0; }
  /// Appends one application datagram; nothing if `can_send` does not hold. Through a TURN server
  /// over TCP it becomes an event instead.
  void send(BytesView payload, DatagramBatch& out);
  /// The path that `send` uses if datagrams go out on it as they are: not through a TURN server.
  std::optional<AddressPair> direct_path() const;

  State state() const { return state_; }
  const Stats& stats() const { return stats_; }
  /// Null if there is none.
  const Pair* selected_pair() const { return pairs_.find(selected_); }

 private:
  /// A check that does not match the other agent's description: a newer one has not come yet (RFC
  /// 8445 section 7.3.1.4), or it is of the time before a restart. Data is taken from where it
  /// came.
  struct UnmatchedCheck {
    AddressPair path;
    std::uint32_t local_generation = 0;
    std::string remote_ufrag;
    std::uint32_t priority = 0;
    bool use_candidate = false;
  };
  struct Generation {
    std::uint32_t number = 0;
    Credentials local;
    std::optional<Credentials> remote;
  };
  /// What a restart put aside.
  struct BeforeRestart {
    Generation generation;
    std::optional<Generation> past;
    std::vector<Candidate> remote_candidates;
    bool remote_ended = false;
    bool was_connected = false;
  };
  static constexpr std::size_t unmatched_checks_max = 8;

  // agent_receive.cpp
  Received receive_from_peer(const AddressPair& path, BytesView datagram, Now now);
  Received receive_relayed(const std::optional<Relays::Relayed>& relayed, Now now);
  Input receive_stun(const AddressPair& path, BytesView datagram, Now now);
  Input receive_request(const AddressPair& path, const StunMessage& message, Now now);
  Input receive_answer(const AddressPair& path, const StunMessage& message, Now now);
  std::optional<std::uint32_t> proven_generation(const StunMessage& message) const;
  const Credentials* local_of(std::uint32_t generation) const;
  const Credentials* remote_of(std::uint32_t generation) const;
  /// Whether the request may stand; else the conflict has been answered.
  bool settle_roles(const AddressPair& path, const StunMessage& message,
                    const std::string& password);
  void learn_from(const UnmatchedCheck& check, Now now);
  /// In place of the oldest at the bound.
  void remember(const UnmatchedCheck& check);
  void accept_nomination(Pair& pair, Now now);
  void succeed(Pair& pair, const Check& check, const StunMessage& answer, Now now);
  void refused(Pair& pair, const Check& check, const StunMessage& answer, Now now);

  // agent_checks.cpp
  void advance(Now now);
  void expire_checks(Now now);
  void check_consent(Now now);
  void retry_failed(Now now);
  void run_checks(Now now);
  void start_check(Pair& pair, CheckPurpose purpose, Now now);
  void send_check(const Check& check, const Pair& pair);
  void fail(Pair& pair, Now now);
  void send_consent(Pair& pair, Now now);
  bool is_kept(const Pair& pair) const;
  Instant find_next_timeout() const;
  Instant next_timeout_of(const Pair& pair) const;
  bool healthy(const Pair& pair, Now now) const;

  // agent_selection.cpp
  bool preferred(const Pair& a, const Pair& b, Now now) const;
  void select(Now now);
  /// Forgets the pairs from before a restart, and goes on taking data from where they led.
  void retire_past();
  void nominate(Now now);
  void update_state(Now now);
  void enter(State state);
  void report_selected(const Pair& pair);

  // agent.cpp
  void take_candidates(Now now);
  void report(const Candidate& candidate);
  bool may_use(const Candidate& local) const {
    return !options_.relay_only || local.type == CandidateType::relayed;
  }
  void report_gathering(Now now);
  void take_relay_changes(Now now);
  void apply(const RelayReady& change);
  void apply(const RelayGone& change);
  void apply(const RelayPermits& change);
  /// Forgets what goes over a local address, which is gone.
  void drop_local(const SocketAddress& local);
  bool gathered() const { return gatherer_.complete() && !relays_.pending(); }
  void pair_up(const Candidate& local, const Candidate& remote, Now now);
  const Candidate* remote_candidate(const SocketAddress& address) const;
  void become(Role role);
  /// A STUN message, on its way with the next `transmit`.
  void post(const AddressPair& path, BytesView message);

  AgentOptions options_;
  Random random_;
  Gatherer gatherer_;
  Relays relays_;
  CheckList pairs_;
  CheckTable checks_;

  Role role_ = Role::controlled;
  std::uint64_t tie_breaker_;
  std::uint32_t generation_ = 0;
  Credentials local_;
  std::optional<Credentials> remote_;
  /// Of the pair that carries data through a restart.
  std::optional<Generation> past_;
  /// Until the other agent follows.
  std::optional<BeforeRestart> before_restart_;

  std::vector<Candidate> remote_candidates_;
  std::vector<UnmatchedCheck> unmatched_checks_;
  std::size_t reported_candidates_ = 0;
  bool reported_complete_ = false;
  bool remote_ended_ = false;

  State state_ = State::fresh;
  PairId selected_ = 0;
  /// Whether this generation has had a valid pair.
  bool was_connected_ = false;
  Instant next_check_at_{};
  Instant nominate_at_ = Instant::max();
  Instant fails_at_ = Instant::max();
  Instant next_timeout_ = Instant::max();

  DatagramBatch waiting_;
  std::vector<Event> events_;
  Stats stats_;
};

}  // namespace pigeon::ice
