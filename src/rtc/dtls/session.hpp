#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "rtc/dtls/certificate.hpp"
#include "rtc/dtls/handshake.hpp"
#include "rtc/dtls/record_protection.hpp"

namespace pigeon::dtls {

struct SessionOptions {
  /// Of what the handshake sends. Every path of WebRTC carries 1,200 bytes (RFC 8261 section 5).
  std::size_t datagram_size_max = 1'200;
  /// How long a flight waits for its answer before it is sent again; doubled each time up to the
  /// maximum. Shorter than the second of RFC 6347 section 4.2.4.1, because ICE has just shown that
  /// the path works.
  Duration retransmit_initial = 250ms;
  Duration retransmit_max = 3s;
  /// How long a handshake may take in all.
  Duration handshake_time_max = 30s;
};

/// One DTLS 1.2 connection over datagrams (RFC 6347). The handshake is OpenSSL's; the records after
/// it are protected here, and OpenSSL's part is freed once the other side has shown that it has
/// finished, too.
class Session {
 public:
  enum class State : std::uint8_t { connecting, connected, closed, failed };

  struct Stats {
    std::uint64_t records_received = 0;
    /// Not authentic, replayed, or not a record at all.
    std::uint64_t records_dropped = 0;
    std::uint64_t records_sent = 0;
  };

  /// The certificate that the other side shows must match one of `expected`.
  Session(const Certificate& certificate, Role role, std::vector<Fingerprint> expected,
          const SessionOptions& options, Now now);

  /// Gives a datagram, which stays valid until `read` has returned nothing.
  void receive(BytesView datagram) { unread_ = datagram; }
  /// Works through the datagram given last up to the next record with application data and says
  /// what is in it, written into `scratch` of at least `early_size_max` bytes and not
  /// shorter than the datagram. Nothing once there are no more records.
  std::optional<BytesView> read(MutableBytesView scratch, Now now);

  /// The longest record that is kept if it overtakes the end of the handshake.
  static constexpr std::size_t early_size_max = 2'048;

  /// Writes one record with application data to the front of `out` and says how long it is: at most
  /// `record_overhead` more than the plaintext. 0 unless `connected`. The plaintext may lie in
  /// `out`, and needs no copy at `plaintext_offset`.
  std::size_t seal(BytesView plaintext, MutableBytesView out);
  /// Where the plaintext begins in a record; 0 unless `connected`.
  std::size_t plaintext_offset() const;

  /// Seals a plaintext into a datagram for `take_datagrams`. Nothing unless `connected`.
  void send(BytesView plaintext);
  /// Datagrams of the handshake and alerts, to be sent in this order.
  std::vector<Bytes> take_datagrams();
  bool has_datagrams() const { return !outgoing_.empty(); }

  void handle_timeout(Now now);
  /// `Instant::max()` if there is nothing to wait for.
  Instant next_timeout() const;

  /// Says goodbye (close_notify, RFC 5246 section 7.2.1) if there is somebody to hear it.
  void close();

  State state() const { return state_; }
  /// Why it is `failed` or `closed`: a sentence.
  const std::string& reason() const { return reason_; }
  const Stats& stats() const { return stats_; }
  /// See `Secrets`; 0 and empty before `connected`.
  std::uint16_t srtp_profile() const { return srtp_profile_; }
  const Bytes& srtp_secret() const { return srtp_secret_; }

 private:
  std::optional<BytesView> receive_record(const RecordView& record, MutableBytesView scratch,
                                          Now now);
  std::optional<BytesView> receive_protected(const RecordView& record, MutableBytesView scratch);
  void receive_alert(BytesView alert);
  void keep_early(BytesView record);
  void after_handshake_step(Now now);
  void become_connected();
  void fail(std::string reason);
  void send_goodbye();

  Role role_;
  SessionOptions options_;
  State state_ = State::connecting;
  std::string reason_;
  /// Empty once the other side is known to need nothing more of it.
  std::optional<Handshake> handshake_;
  std::optional<RecordSealer> sealer_;
  std::optional<RecordOpener> opener_;
  /// What is left of the datagram given last.
  BytesView unread_;
  /// Records of the next epoch that overtook the end of the handshake.
  std::vector<Bytes> early_;
  std::vector<Bytes> outgoing_;
  Instant started_;
  Instant retransmit_at_ = Instant::max();
  Duration retransmit_interval_;
  std::uint16_t srtp_profile_ = 0;
  Bytes srtp_secret_;
  Stats stats_;
};

}  // namespace pigeon::dtls
