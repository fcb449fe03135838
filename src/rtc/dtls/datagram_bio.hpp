#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/dtls/openssl_pointer.hpp"

struct bio_st;
struct timeval;

namespace pigeon::dtls {

/// The datagrams on both sides of OpenSSL, and its retransmission timer.
struct DatagramPort {
  /// The next read gets this, whole.
  BytesView incoming;
  std::vector<Bytes> outgoing;
  /// Where OpenSSL keeps the instant of its next retransmission; null if none is planned.
  timeval* timer = nullptr;

  /// Moves that instant beyond the end of time, so that OpenSSL's clock never decides.
  void hold_timer() const;
  /// Moves it into the past.
  void expire_timer() const;
};

/// Makes a BIO for both directions of a DTLS connection. `port` outlives it.
bio_st* make_datagram_bio(DatagramPort& port);

}  // namespace pigeon::dtls
