// Throughput, and what nothing above UDP and AES-GCM could beat.
#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <openssl/evp.h>

#include "base/datagram_batch.hpp"
#include "bench/load/child.hpp"
#include "bench/load/clock.hpp"
#include "bench/rtc/own/measure.hpp"
#include "bench/rtc/own/pair.hpp"
#include "net/datagram_buffer.hpp"
#include "net/udp_socket.hpp"

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

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// A record of DTLS 1.2 (RFC 6347 section 4.1, RFC 5288 section 3).
constexpr std::size_t head_size = 13 + 8;
constexpr int tag_size = 16;
// SCTP's header and that of one I-DATA chunk.
constexpr std::size_t sctp_size = 12 + 20;
constexpr int additional_size = 13;

Cipher make_cipher(int encrypts) {
  constexpr std::array<std::uint8_t, 16> key{1, 2, 3};
  Cipher cipher(EVP_CIPHER_CTX_new());
  EVP_CipherInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, key.data(), nullptr, encrypts);
  return cipher;
}

/// Encrypts or decrypts what lies between head and tag, from `in` to `out`.
bool crypt(EVP_CIPHER_CTX* cipher, const std::uint8_t* in, std::uint8_t* out, int size,
           std::uint8_t* tag, int encrypts) {
  constexpr std::array<std::uint8_t, 12> nonce{7};
  constexpr std::array<std::uint8_t, additional_size> additional{9};
  int written = 0;
  bool done = EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data(), encrypts) == 1;
  if (encrypts == 0) {
    done = done && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1;
  }
  done = done &&
         EVP_CipherUpdate(cipher, nullptr, &written, additional.data(), additional_size) == 1 &&
         EVP_CipherUpdate(cipher, out, &written, in, size) == 1 &&
         EVP_CipherFinal_ex(cipher, out + size, &written) == 1;
  if (encrypts == 1) {
    done = done && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, tag_size, tag) == 1;
  }
  return done;
}

/// Two sockets, and a cipher for each way.
class Bound {
 public:
  explicit Bound(const OwnSettings& settings)
      : datagram_size_(settings.datagram_bytes),
        plain_size_(settings.datagram_bytes - head_size - static_cast<std::size_t>(tag_size)),
        near_(bind(settings)),
        far_(bind(settings)),
        plain_(plain_size_, 0xa5),
        opened_(plain_size_ + head_size) {}

  /// Sends a run of datagrams and opens what arrives. Gives the bytes of user data that did.
  std::size_t run() {
    batch_.clear();
    const AddressPair path{near_.local_address(), far_.local_address()};
    const auto size = static_cast<int>(plain_size_);
    while (batch_.byte_count() < batch_size) {
      const MutableBytesView room = batch_.reserve(datagram_size_);
      std::uint8_t* const body = room.data() + head_size;
      if (!crypt(sealer_.get(), plain_.data(), body, size, body + size, 1)) fail();
      batch_.commit(path, datagram_size_);
    }
    near_.send(batch_);
    std::size_t arrived = 0;
    while (far_.receive(buffer_)) {
      for (const auto& datagram : buffer_.datagrams()) arrived += open(datagram.payload);
    }
    return arrived;
  }

  std::size_t open(BytesView datagram) {
    std::array<std::uint8_t, static_cast<std::size_t>(tag_size)> tag{};
    std::copy(datagram.end() - tag_size, datagram.end(), tag.begin());
    const auto size = static_cast<int>(plain_size_);
    const std::uint8_t* const body = datagram.data() + head_size;
    if (!crypt(opener_.get(), body, opened_.data(), size, tag.data(), 0)) fail();
    return plain_size_ - sctp_size;
  }

 private:
  /// As much as a connection sends in one turn of its loop.
  static constexpr std::size_t batch_size = std::size_t{256} << 10U;

  [[noreturn]] static void fail() { throw std::runtime_error("the cipher failed"); }

  static net::UdpSocket bind(const OwnSettings& settings) {
    auto socket =
        net::UdpSocket::bind({IpAddress(IpAddress::V4{127, 0, 0, 1}), 0},
                             {.joins_sent = settings.joins, .joins_received = settings.joins});
    if (!socket) throw std::runtime_error(socket.error());
    return *std::move(socket);
  }

  std::size_t datagram_size_;
  std::size_t plain_size_;
  net::UdpSocket near_;
  net::UdpSocket far_;
  std::vector<std::uint8_t> plain_;
  std::vector<std::uint8_t> opened_;
  Cipher sealer_ = make_cipher(1);
  Cipher opener_ = make_cipher(0);
  DatagramBatch batch_;
  net::DatagramBuffer buffer_;
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
