// Throughput, and what nothing above records and UDP could beat.
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/datagram_batch.hpp"
#include "bench/load/child.hpp"
#include "bench/load/clock.hpp"
#include "bench/rtc/own/measure.hpp"
#include "bench/rtc/own/pair.hpp"
#include "net/datagram_buffer.hpp"
#include "net/udp_socket.hpp"
#include "rtc/dtls/record_protection.hpp"

namespace pigeon::bench {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;
// As in references.mjs.
constexpr std::size_t high_water_bytes = 4 * mebibyte;
constexpr std::size_t low_water_bytes = mebibyte;
constexpr std::int64_t stall_time_max = milliseconds_ns(20'000);

/// Sends until `total` bytes have arrived at the other end.
void transfer(RtcLoop& loop, Pair& pair, const std::vector<std::uint8_t>& message,
              std::size_t total) {
  std::size_t sent = 0;
  std::size_t arrived = 0;
  Pair::End& near = pair.near();
  const auto send = [&] {
    while (sent < total && near.connection->buffered_amount(near.channel) < high_water_bytes) {
      const std::span<const std::uint8_t> bytes = message;
      if (!near.connection->send_binary(near.channel, bytes)) break;
      sent += message.size();
    }
  };
  near.on_buffered_amount_low = send;
  pair.far().on_message = [&](const std::vector<std::uint8_t>& data) { arrived += data.size(); };
  send();
  std::int64_t last_change = now_ns();
  for (std::size_t before = 0; arrived < total; before = arrived) {
    loop.run_once(std::chrono::milliseconds(100));
    if (arrived != before) last_change = now_ns();
    if (now_ns() > last_change + stall_time_max) throw std::runtime_error("nothing arrives");
  }
  near.on_buffered_amount_low = nullptr;
  pair.far().on_message = nullptr;
}

boost::json::object rates(std::size_t bytes, double seconds, double cpu) {
  const double mebibytes = static_cast<double>(bytes) / static_cast<double>(mebibyte);
  return {{"mebibytes", mebibytes},
          {"mebibytes_per_second", mebibytes / seconds},
          {"cpu_seconds_per_gibibyte", cpu * 1024 / mebibytes}};
}

// SCTP's header and that of one I-DATA chunk.
constexpr std::size_t sctp_size = 12 + 20;

dtls::DirectionKeys any_keys() { return {.key = Bytes(16, 0x17), .iv = Bytes(4, 0x71)}; }

/// Two sockets, and a key for what goes between them.
class Bound {
 public:
  explicit Bound(const OwnSettings& settings)
      : plaintext_size_(settings.datagram_bytes - dtls::record_overhead),
        near_(bind(settings)),
        far_(bind(settings)),
        scratch_(settings.datagram_bytes) {}

  /// Sends a run of datagrams and opens what arrives. Gives the bytes of user data that did.
  std::size_t run() {
    batch_.clear();
    const AddressPair path{near_.local_address(), far_.local_address()};
    while (batch_.byte_count() < batch_size) {
      // The plaintext is what lies there.
      const MutableBytesView room = batch_.reserve(plaintext_size_ + dtls::record_overhead);
      const BytesView plaintext = room.subspan(sealer_.plaintext_offset(), plaintext_size_);
      batch_.commit(path, sealer_.seal(dtls::ContentType::application_data, plaintext, room));
    }
    near_.send(batch_);
    std::size_t arrived = 0;
    while (far_.receive(buffer_)) {
      for (const auto& datagram : buffer_.datagrams()) {
        BytesView rest = datagram.payload;
        const auto record = dtls::take_record(rest);
        if (!record || !opener_.open(*record, scratch_)) throw std::runtime_error("not opened");
        arrived += plaintext_size_ - sctp_size;
      }
    }
    return arrived;
  }

 private:
  /// As much as a connection sends in one turn of its loop.
  static constexpr std::size_t batch_size = std::size_t{256} << 10U;

  static net::UdpSocket bind(const OwnSettings& settings) {
    auto socket =
        net::UdpSocket::bind({IpAddress(IpAddress::V4{127, 0, 0, 1}), 0},
                             {.joins_sent = settings.joins, .joins_received = settings.joins});
    if (!socket) throw std::runtime_error(socket.error());
    return *std::move(socket);
  }

  std::size_t plaintext_size_;
  net::UdpSocket near_;
  net::UdpSocket far_;
  dtls::RecordSealer sealer_{dtls::Aead::aes_128_gcm, any_keys(), 1, 0};
  dtls::RecordOpener opener_{dtls::Aead::aes_128_gcm, any_keys()};
  DatagramBatch batch_;
  net::DatagramBuffer buffer_;
  Bytes scratch_;
};

}  // namespace

boost::json::object own_throughput(const OwnSettings& settings) {
  RtcLoop loop = make_loop();
  Pair pair(loop, {.datagram_size_max = settings.datagram_bytes});
  open(loop, {&pair});
  pair.near().connection->set_buffered_amount_low_threshold(pair.near().channel, low_water_bytes);
  const std::vector<std::uint8_t> message(settings.message_bytes, 0xa5);
  const std::size_t total = settings.mebibytes * mebibyte / message.size() * message.size();
  transfer(loop, pair, message,
           std::max(total / 16 / message.size(), std::size_t{1}) * message.size());
  const double cpu_before = own_cpu().total;
  const std::int64_t begin = now_ns();
  transfer(loop, pair, message, total);
  const double seconds = to_seconds(now_ns() - begin);
  boost::json::object result = rates(total, seconds, own_cpu().total - cpu_before);
  result["message_bytes"] = message.size();
  result["datagram_bytes_max"] = settings.datagram_bytes;
  return result;
}

boost::json::object udp_bound(const OwnSettings& settings) {
  Bound bound(settings);
  const std::size_t total = settings.mebibytes * mebibyte;
  for (std::size_t arrived = 0; arrived < total / 16;) arrived += bound.run();
  const double cpu_before = own_cpu().total;
  const std::int64_t begin = now_ns();
  std::size_t arrived = 0;
  while (arrived < total) arrived += bound.run();
  const double seconds = to_seconds(now_ns() - begin);
  return rates(arrived, seconds, own_cpu().total - cpu_before);
}

}  // namespace pigeon::bench
