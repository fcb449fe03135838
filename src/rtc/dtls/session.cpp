#include "rtc/dtls/session.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <openssl/crypto.h>

namespace pigeon::dtls {

namespace {

/// The epoch of everything after the handshake; there is no renegotiation (RFC 8827 section 6.5).
constexpr std::uint16_t data_epoch = 1;
// OpenSSL numbers its Finished and up to twelve repetitions from 0 in the same epoch. Within the
// 64 that every replay window holds.
constexpr std::uint64_t first_data_sequence = 32;
constexpr std::size_t early_count_max = 8;
constexpr std::size_t alert_size = 2;
constexpr std::uint8_t alert_warning = 1;
constexpr std::uint8_t alert_fatal = 2;
constexpr std::uint8_t close_notify = 0;

}  // namespace

Session::Session(const Certificate& certificate, Role role, std::vector<Fingerprint> expected,
                 const SessionOptions& options, Now now)
    : role_(role),
      options_(options),
      handshake_(std::in_place, certificate, role, std::move(expected), options.datagram_size_max),
      started_(now.monotonic),
      retransmit_interval_(options.retransmit_initial) {
  handshake_->start();
  after_handshake_step(now);
}

std::optional<BytesView> Session::read(MutableBytesView scratch, Now now) {
  while (!unread_.empty()) {
    const auto record = take_record(unread_);
    if (!record) {
      ++stats_.records_dropped;
      unread_ = {};
      break;
    }
    if (const auto plaintext = receive_record(*record, scratch, now)) return plaintext;
  }
  while (opener_ && !early_.empty()) {
    const Bytes bytes = std::move(early_.front());
    early_.erase(early_.begin());
    BytesView rest = bytes;
    if (const auto plaintext = receive_record(*take_record(rest), scratch, now)) return plaintext;
  }
  return std::nullopt;
}

std::optional<BytesView> Session::receive_record(const RecordView& record, MutableBytesView scratch,
                                                 Now now) {
  ++stats_.records_received;
  const bool is_handshakes = record.type == ContentType::handshake ||
                             record.type == ContentType::change_cipher_spec ||
                             (record.type == ContentType::alert && !opener_);
  if (is_handshakes) {
    if (!handshake_) return std::nullopt;
    handshake_->receive(record.whole);
    after_handshake_step(now);
    return std::nullopt;
  }
  if (record.epoch != data_epoch) {
    ++stats_.records_dropped;
    return std::nullopt;
  }
  if (!opener_) {
    keep_early(record.whole);
    return std::nullopt;
  }
  return receive_protected(record, scratch);
}

std::optional<BytesView> Session::receive_protected(const RecordView& record,
                                                    MutableBytesView scratch) {
  const auto plaintext = opener_->open(record, scratch);
  if (!plaintext || state_ != State::connected) {
    ++stats_.records_dropped;
    return std::nullopt;
  }
  // Whoever sends data has our last flight.
  handshake_.reset();
  if (record.type != ContentType::alert) return plaintext;
  receive_alert(*plaintext);
  return std::nullopt;
}

void Session::receive_alert(BytesView alert) {
  if (alert.size() != alert_size) return;
  // RFC 5246 section 7.2: other warnings mean nothing to us.
  if (alert[0] != alert_fatal && alert[1] != close_notify) return;
  const bool is_goodbye = alert[1] == close_notify;
  state_ = is_goodbye ? State::closed : State::failed;
  reason_ = is_goodbye ? "The other side closed the connection."
                       : "The other side ended the connection with DTLS alert " +
                             std::to_string(alert[1]) + '.';
  retransmit_at_ = Instant::max();
}

void Session::keep_early(BytesView record) {
  // RFC 6347 section 4.1: such records may be kept or dropped; a few save a retransmission.
  if (early_.size() < early_count_max && record.size() <= early_size_max) {
    early_.emplace_back(record.begin(), record.end());
  } else {
    ++stats_.records_dropped;
  }
}

void Session::after_handshake_step(Now now) {
  // Never many: OpenSSL repeats a flight twelve times at most, whoever asks for it.
  std::ranges::move(handshake_->take_datagrams(), std::back_inserter(outgoing_));
  if (handshake_->status() == Handshake::Status::failed) {
    if (state_ != State::connecting) {
      handshake_.reset();
      return;
    }
    fail(handshake_->is_fingerprint_mismatch()
             ? "The other side's certificate is not the one that its description announced."
             : "The DTLS handshake failed: " + handshake_->failure() + '.');
    return;
  }
  if (handshake_->status() == Handshake::Status::done && state_ == State::connecting) {
    become_connected();
    return;
  }
  if (!handshake_->awaits_answer()) {
    retransmit_at_ = Instant::max();
    return;
  }
  // A new flight, or more of the answer: either way the other side is there.
  retransmit_interval_ = options_.retransmit_initial;
  retransmit_at_ = now.monotonic + retransmit_interval_;
}

void Session::become_connected() {
  Secrets secrets = handshake_->secrets();
  const bool is_client = role_ == Role::client;
  sealer_.emplace(secrets.aead, is_client ? secrets.client : secrets.server, data_epoch,
                  first_data_sequence);
  opener_.emplace(secrets.aead, is_client ? secrets.server : secrets.client);
  // Both directions have their copies inside OpenSSL, which cleans them up itself.
  for (DirectionKeys* const keys : {&secrets.client, &secrets.server}) {
    OPENSSL_cleanse(keys->key.data(), keys->key.size());
  }
  srtp_profile_ = secrets.srtp_profile;
  srtp_secret_ = std::move(secrets.srtp);
  state_ = State::connected;
  retransmit_at_ = Instant::max();
  // The server's flight is the last one: it has the client's, but cannot know that its own arrived.
  if (is_client) handshake_.reset();
}

std::size_t Session::seal(BytesView plaintext, MutableBytesView out) {
  if (state_ != State::connected) return 0;
  ++stats_.records_sent;
  return sealer_->seal(ContentType::application_data, plaintext, out);
}

std::size_t Session::plaintext_offset() const {
  return state_ == State::connected ? sealer_->plaintext_offset() : 0;
}

void Session::send(BytesView plaintext) {
  Bytes record(plaintext.size() + record_overhead);
  record.resize(seal(plaintext, record));
  if (!record.empty()) outgoing_.push_back(std::move(record));
}

std::vector<Bytes> Session::take_datagrams() { return std::exchange(outgoing_, {}); }

void Session::handle_timeout(Now now) {
  if (state_ != State::connecting) return;
  if (now.monotonic - started_ >= options_.handshake_time_max) {
    fail("The DTLS handshake did not finish in time; it stopped at: " + handshake_->stage() + '.');
    return;
  }
  if (now.monotonic < retransmit_at_) return;
  const Duration interval = std::min(2 * retransmit_interval_, options_.retransmit_max);
  handshake_->retransmit();
  after_handshake_step(now);
  if (state_ != State::connecting) return;
  // RFC 6347 section 4.2.4.1: each repetition waits twice as long.
  retransmit_interval_ = interval;
  retransmit_at_ = now.monotonic + interval;
}

Instant Session::next_timeout() const {
  if (state_ != State::connecting) return Instant::max();
  return std::min(retransmit_at_, started_ + options_.handshake_time_max);
}

void Session::close() {
  if (state_ == State::connected) send_goodbye();
  if (state_ == State::failed) return;
  state_ = State::closed;
  if (reason_.empty()) reason_ = "The connection was closed here.";
  handshake_.reset();
}

void Session::fail(std::string reason) {
  state_ = State::failed;
  reason_ = std::move(reason);
  retransmit_at_ = Instant::max();
  handshake_.reset();
  early_.clear();
}

void Session::send_goodbye() {
  const std::array<std::uint8_t, alert_size> alert = {alert_warning, close_notify};
  Bytes record(alert_size + record_overhead);
  record.resize(sealer_->seal(ContentType::alert, alert, record));
  outgoing_.push_back(std::move(record));
}

}  // namespace pigeon::dtls
