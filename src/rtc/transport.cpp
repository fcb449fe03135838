#include "rtc/transport.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "rtc/datagram_kind.hpp"

namespace pigeon::rtc {

namespace {

/// The longest datagram of UDP.
constexpr std::size_t datagram_size_max = 65'535;
/// The longest plaintext of a record (RFC 5246 section 6.2.1).
constexpr std::size_t plaintext_size_max = 16'384;

}  // namespace

Transport::Transport(dtls::Certificate certificate, TransportOptions options, Random random)
    : certificate_(std::move(certificate)),
      options_(std::move(options)),
      random_(random),
      ice_(options_.ice, random_.split()) {}

void Transport::set_remote(RemoteTransport remote, Now now) {
  if (!remote_) {
    remote_ = std::move(remote);
  } else if (!remote_->sctp_port) {
    remote_->sctp_port = remote.sctp_port;
  }
  start_dtls(now);
  start_sctp(now);
}

ice::Input Transport::receive(const AddressPair& path, BytesView datagram, Now now) {
  const ice::Received received = ice_.receive(path, datagram, now);
  take(received, now);
  start_dtls(now);
  return received.input;
}

void Transport::take(const ice::Received& received, Now now) {
  if (received.input != ice::Input::application) return;
  if (kind_of(received.payload) == DatagramKind::dtls) {
    receive_dtls(received.payload, now);
  } else {
    ++stats_.datagrams_dropped;
  }
}

void Transport::receive_dtls(BytesView datagram, Now now) {
  if (!dtls_) {
    if (early_.size() < early_count_max && datagram.size() <= dtls::Session::early_size_max) {
      early_.emplace_back(datagram.begin(), datagram.end());
    } else {
      ++stats_.datagrams_dropped;
    }
    return;
  }
  // Not initialized: only what was written is read.
  std::array<std::uint8_t, datagram_size_max> scratch;
  dtls_->receive(datagram);
  while (const auto packet = dtls_->read(scratch, now)) {
    start_sctp(now);
    if (association_) association_->receive(*packet, now);
  }
  start_sctp(now);
}

void Transport::start_dtls(Now now) {
  if (dtls_ || !remote_ || is_closing_) return;
  // A server may be greeted before its own side of ICE has chosen a path.
  const bool is_greeted = remote_->local_role == dtls::Role::server && !early_.empty();
  if (!ice_.can_send() && !is_greeted) return;
  dtls_.emplace(certificate_, remote_->local_role, remote_->fingerprints, options_.dtls, now);
  for (const Bytes& datagram : std::exchange(early_, {})) receive_dtls(datagram, now);
}

void Transport::start_sctp(Now now) {
  if (association_ || !dtls_ || dtls_->state() != dtls::Session::State::connected) return;
  if (!remote_->sctp_port) return;
  options_.sctp.remote_port = *remote_->sctp_port;
  association_ = std::make_unique<sctp::Association>(options_.sctp, random_.split());
  association_->connect(now);
}

void Transport::receive_stream(ice::StreamId stream, BytesView bytes, Now now) {
  while (!bytes.empty()) take(ice_.stream_received(stream, bytes, now), now);
  start_dtls(now);
}

void Transport::handle_timeout(Now now) {
  ice_.handle_timeout(now);
  start_dtls(now);
  if (dtls_) dtls_->handle_timeout(now);
  if (association_) association_->handle_timeout(now);
}

Instant Transport::next_timeout() const {
  Instant next = ice_.next_timeout();
  if (dtls_) next = std::min(next, dtls_->next_timeout());
  if (association_) next = std::min(next, association_->next_timeout());
  return next;
}

void Transport::transmit(DatagramBatch& batch, std::size_t bytes_max, Now now) {
  ice_.transmit(batch, now);
  if (ice_.can_send() && dtls_) {
    transmit_dtls(batch);
    if (association_) transmit_sctp(batch, bytes_max, now);
  }
  if (!is_closing_) return;
  ice_.close(now);
  // What gives relayed addresses back. There may be no other call.
  ice_.transmit(batch, now);
}

void Transport::transmit_dtls(DatagramBatch& batch) {
  if (!dtls_->has_datagrams()) return;
  for (const Bytes& datagram : dtls_->take_datagrams()) ice_.send(datagram, batch);
}

void Transport::transmit_sctp(DatagramBatch& batch, std::size_t bytes_max, Now now) {
  // On a direct path packets are written and sealed where they are sent from.
  const std::optional<AddressPair> path = ice_.direct_path();
  const std::size_t offset = dtls_->plaintext_offset();
  // Not initialized: only what was written is read.
  std::array<std::uint8_t, plaintext_size_max + dtls::record_overhead> scratch;
  while (batch.byte_count() < bytes_max) {
    const MutableBytesView room = path ? batch.reserve(scratch.size()) : MutableBytesView(scratch);
    const MutableBytesView packet = room.subspan(offset, plaintext_size_max);
    const std::size_t packet_size = association_->transmit(packet, now);
    if (packet_size == 0) return;
    const std::size_t record_size = dtls_->seal(packet.first(packet_size), room);
    if (record_size == 0) return;
    if (path) {
      batch.commit(*path, record_size);
    } else {
      ice_.send(room.first(record_size), batch);
    }
  }
}

std::vector<ice::Event> Transport::take_ice_events(Now now) {
  start_dtls(now);
  return ice_.take_events();
}

std::vector<sctp::AssociationEvent> Transport::take_sctp_events() {
  return association_ ? association_->take_events() : std::vector<sctp::AssociationEvent>();
}

void Transport::close(Now now) {
  if (std::exchange(is_closing_, true)) return;
  if (!dtls_) return;
  if (association_) {
    association_->abort("The connection was closed.");
    std::array<std::uint8_t, plaintext_size_max> packet;
    while (const std::size_t size = association_->transmit(packet, now)) {
      dtls_->send(BytesView(packet).first(size));
    }
  }
  dtls_->close();
}

}  // namespace pigeon::rtc
