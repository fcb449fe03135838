#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/datagram_batch.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "rtc/dtls/session.hpp"
#include "rtc/ice/agent.hpp"
#include "rtc/sctp/association.hpp"

namespace pigeon::rtc {

struct TransportOptions {
  ice::AgentOptions ice;
  dtls::SessionOptions dtls;
  sctp::AssociationOptions sctp;
};

/// What the other side's description says about the layers above ICE.
struct RemoteTransport {
  std::vector<dtls::Fingerprint> fingerprints;
  dtls::Role local_role = dtls::Role::client;
  /// None: the other side wants no data channels.
  std::optional<std::uint16_t> sctp_port;
};

/// ICE, DTLS and SCTP on top of each other (RFC 8261): datagrams and time in, datagrams and events
/// out. Each starts once the one below it carries.
class Transport {
 public:
  /// Datagrams of DTLS that came before the description that says whom to expect, and no more.
  static constexpr std::size_t early_count_max = 4;

  struct Stats {
    /// Not for anybody here: SRTP, or rubbish.
    std::uint64_t datagrams_dropped = 0;
  };

  Transport(dtls::Certificate certificate, TransportOptions options, Random random);

  ice::Agent& ice() { return ice_; }
  const ice::Agent& ice() const { return ice_; }

  /// What DTLS and SCTP need to know. Of later calls only the first port counts: a description
  /// cannot change what has begun.
  void set_remote(RemoteTransport remote, Now now);

  /// Takes a datagram that came in on one of the local addresses, and says what ICE made of it.
  ice::Input receive(const AddressPair& path, BytesView datagram, Now now);
  /// The same for bytes of a TCP connection to a TURN server.
  void receive_stream(ice::StreamId stream, BytesView bytes, Now now);
  void handle_timeout(Now now);
  /// `Instant::max()` if there is nothing to wait for.
  Instant next_timeout() const;
  /// Appends what is to be sent now. Stops when the batch has `bytes_max` bytes or more; what was
  /// held back comes with the next call.
  void transmit(DatagramBatch& batch, std::size_t bytes_max, Now now);

  /// What ICE has to tell goes through here, so that the layers above notice it.
  std::vector<ice::Event> take_ice_events(Now now);
  std::vector<sctp::AssociationEvent> take_sctp_events();

  /// Ends the association and the session; `transmit` still sends the goodbyes.
  void close(Now now);

  /// Null before DTLS is connected. Stays where it is.
  sctp::Association* association() { return association_.get(); }
  const sctp::Association* association() const { return association_.get(); }
  /// Empty before DTLS has begun.
  const std::optional<dtls::Session>& dtls() const { return dtls_; }
  const Stats& stats() const { return stats_; }

 private:
  void take(const ice::Received& received, Now now);
  void receive_dtls(BytesView datagram, Now now);
  void start_dtls(Now now);
  void start_sctp(Now now);
  void transmit_dtls(DatagramBatch& batch);
  void transmit_sctp(DatagramBatch& batch, std::size_t bytes_max, Now now);

  dtls::Certificate certificate_;
  TransportOptions options_;
  Random random_;
  ice::Agent ice_;
  std::optional<RemoteTransport> remote_;
  std::optional<dtls::Session> dtls_;
  std::unique_ptr<sctp::Association> association_;
  std::vector<Bytes> early_;
  bool is_closing_ = false;
  Stats stats_;
};

}  // namespace pigeon::rtc
