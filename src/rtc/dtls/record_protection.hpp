#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "rtc/dtls/record.hpp"
#include "rtc/dtls/replay_window.hpp"

struct evp_cipher_ctx_st;

namespace pigeon::dtls {

/// The ciphers that we offer.
enum class Aead : std::uint8_t { aes_128_gcm, aes_256_gcm, chacha20_poly1305 };

/// What a record has more than its plaintext: header, explicit nonce and tag (RFC 5288 section 3;
/// none of the ciphers needs more).
inline constexpr std::size_t record_overhead = record_header_size + 8 + 16;

/// Key of one direction and the part of the nonce that stays (RFC 5246 section 6.3).
struct DirectionKeys {
  Bytes key;
  Bytes iv;
};

struct CipherContextDeleter {
  void operator()(evp_cipher_ctx_st* context) const;
};
using CipherContext = std::unique_ptr<evp_cipher_ctx_st, CipherContextDeleter>;

/// Protects what we send in one epoch: RFC 5288 for AES-GCM, RFC 7905 for ChaCha20-Poly1305.
class RecordSealer {
 public:
  /// `first_sequence` and those after it are used by nobody else in this epoch.
  RecordSealer(Aead aead, const DirectionKeys& keys, std::uint16_t epoch,
               std::uint64_t first_sequence);

  /// Writes one record to the front of `out` and says how long it is: at most `record_overhead`
  /// more than the plaintext, which `out` has room for. 0 if all sequence numbers are used up. The
  /// plaintext may lie in `out`, and needs no copy at `plaintext_offset`.
  std::size_t seal(ContentType type, BytesView plaintext, MutableBytesView out);

  /// Where the encrypted plaintext begins in a record.
  std::size_t plaintext_offset() const;

 private:
  Aead aead_;
  Bytes iv_;
  std::uint16_t epoch_;
  std::uint64_t sequence_;
  CipherContext context_;
};

/// Opens what the other side sends in one epoch, each record once.
class RecordOpener {
 public:
  RecordOpener(Aead aead, const DirectionKeys& keys);

  /// The plaintext of an authentic record that has not come before, written into `out`, which is
  /// at least as long as the fragment. Nothing for any other record.
  std::optional<BytesView> open(const RecordView& record, MutableBytesView out);

 private:
  Aead aead_;
  Bytes iv_;
  ReplayWindow window_;
  CipherContext context_;
};

}  // namespace pigeon::dtls
