#include "rtc/dtls/datagram_bio.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include <openssl/bio.h>
#include <openssl/opensslv.h>

#include "base/assert.hpp"

// OpenSSL times its retransmissions by the system's clock. Up to 3.1 it tells the BIO where it
// keeps the instant of the next one (BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT), and there we set it. Later
// versions show a copy.
static_assert(OPENSSL_VERSION_NUMBER < 0x30200000L,
              "DTLS retransmissions need another way to be driven from outside");

namespace pigeon::dtls {

namespace {

constexpr std::size_t outgoing_max = 32;

DatagramPort& port_of(BIO* bio) { return *static_cast<DatagramPort*>(BIO_get_data(bio)); }

int write(BIO* bio, const char* data, int size) {
  DatagramPort& port = port_of(bio);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data);
  if (port.outgoing.size() < outgoing_max) port.outgoing.emplace_back(bytes, bytes + size);
  return size;
}

int read(BIO* bio, char* out, int size_max) {
  DatagramPort& port = port_of(bio);
  BIO_clear_retry_flags(bio);
  if (port.incoming.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t size = std::min(port.incoming.size(), static_cast<std::size_t>(size_max));
  std::copy_n(port.incoming.begin(), size, out);
  port.incoming = {};
  return static_cast<int>(size);
}

long control(BIO* bio, int command, long /*number*/, void* pointer) {
  DatagramPort& port = port_of(bio);
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT: {
      auto* const timer = static_cast<timeval*>(pointer);
      const bool is_running = timer->tv_sec != 0 || timer->tv_usec != 0;
      port.timer = is_running ? timer : nullptr;
      port.hold_timer();
      return 0;
    }
    default:
      return 0;
  }
}

const BIO_METHOD* method() {
  static const OpensslPointer<BIO_METHOD, BIO_meth_free> made = [] {
    BIO_METHOD* const fresh = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram");
    PIGEON_ASSERT(fresh != nullptr);
    BIO_meth_set_write(fresh, write);
    BIO_meth_set_read(fresh, read);
    BIO_meth_set_ctrl(fresh, control);
    return OpensslPointer<BIO_METHOD, BIO_meth_free>(fresh);
  }();
  return made.get();
}

}  // namespace

void DatagramPort::hold_timer() const {
  if (timer != nullptr) *timer = {std::numeric_limits<std::int32_t>::max(), 0};
}

void DatagramPort::expire_timer() const {
  if (timer != nullptr) *timer = {1, 0};
}

bio_st* make_datagram_bio(DatagramPort& port) {
  BIO* const bio = BIO_new(method());
  PIGEON_ASSERT(bio != nullptr);
  BIO_set_data(bio, &port);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace pigeon::dtls
