#include "rtc/dtls/record_protection.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "base/assert.hpp"

namespace pigeon::dtls {

namespace {

constexpr std::size_t tag_size = 16;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t explicit_nonce_size = 8;
constexpr std::size_t additional_data_size = 13;
constexpr std::uint64_t sequence_max = (std::uint64_t{1} << 48U) - 1;

using Nonce = std::array<std::uint8_t, nonce_size>;

const EVP_CIPHER* cipher_of(Aead aead) {
  switch (aead) {
    case Aead::aes_128_gcm:
      return EVP_aes_128_gcm();
    case Aead::aes_256_gcm:
      return EVP_aes_256_gcm();
    case Aead::chacha20_poly1305:
      return EVP_chacha20_poly1305();
  }
  return nullptr;
}

CipherContext make_context(Aead aead, const DirectionKeys& keys, int encrypts) {
  CipherContext context(EVP_CIPHER_CTX_new());
  PIGEON_ASSERT(context != nullptr);
  const int done = EVP_CipherInit_ex(context.get(), cipher_of(aead), nullptr, keys.key.data(),
                                     nullptr, encrypts);
  PIGEON_ASSERT(done == 1);
  return context;
}

std::size_t explicit_size(Aead aead) {
  return aead == Aead::chacha20_poly1305 ? 0 : explicit_nonce_size;
}

/// RFC 5288 section 3: the fixed part, then the explicit one, which stands in the record. RFC 7905
/// section 2: the fixed part, its end mixed with epoch and sequence number.
Nonce make_nonce(Aead aead, BytesView iv, BytesView eight) {
  Nonce nonce{};
  std::ranges::copy(iv, nonce.begin());
  for (std::size_t i = 0; i < eight.size(); ++i) {
    std::uint8_t& byte = nonce[nonce_size - eight.size() + i];
    byte = aead == Aead::chacha20_poly1305 ? byte ^ eight[i] : eight[i];
  }
  return nonce;
}

/// RFC 5246 section 6.2.3.3 with RFC 6347 section 4.1.2.1: epoch and sequence number, type, version
/// and length of the plaintext.
std::array<std::uint8_t, additional_data_size> additional_data(BytesView header,
                                                               std::size_t plaintext_size) {
  std::array<std::uint8_t, additional_data_size> data{};
  std::ranges::copy(header.subspan(3, 8), data.begin());
  std::ranges::copy(header.first(3), data.begin() + 8);
  data[11] = static_cast<std::uint8_t>(plaintext_size >> 8U);
  data[12] = static_cast<std::uint8_t>(plaintext_size);
  return data;
}

}  // namespace

void CipherContextDeleter::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

RecordSealer::RecordSealer(Aead aead, const DirectionKeys& keys, std::uint16_t epoch,
                           std::uint64_t first_sequence)
    : aead_(aead),
      iv_(keys.iv),
      epoch_(epoch),
      sequence_(first_sequence),
      context_(make_context(aead, keys, 1)) {}

std::size_t RecordSealer::seal(ContentType type, BytesView plaintext, MutableBytesView out) {
  if (sequence_ > sequence_max) return 0;
  const std::size_t nonce_offset = explicit_size(aead_);
  const std::size_t fragment_size = nonce_offset + plaintext.size() + tag_size;
  PIGEON_ASSERT(out.size() >= record_header_size + fragment_size);
  write_record_header(out, type, epoch_, sequence_++, fragment_size);
  // Epoch and sequence number, which never repeat, are the explicit nonce as well.
  const BytesView eight = out.subspan(3, explicit_nonce_size);
  std::copy_n(eight.begin(), nonce_offset, out.begin() + record_header_size);
  const Nonce nonce = make_nonce(aead_, iv_, eight);
  const auto additional = additional_data(out, plaintext.size());

  std::uint8_t* const body = out.data() + record_header_size + nonce_offset;
  EVP_CIPHER_CTX* const context = context_.get();
  int size = 0;
  const bool done =
      EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
      EVP_EncryptUpdate(context, nullptr, &size, additional.data(), additional_data_size) == 1 &&
      EVP_EncryptUpdate(context, body, &size, plaintext.data(),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context, body + plaintext.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, body + plaintext.size()) == 1;
  PIGEON_ASSERT(done);
  return record_header_size + fragment_size;
}

RecordOpener::RecordOpener(Aead aead, const DirectionKeys& keys)
    : aead_(aead), iv_(keys.iv), context_(make_context(aead, keys, 0)) {}

std::optional<BytesView> RecordOpener::open(const RecordView& record, MutableBytesView out) {
  const std::size_t nonce_offset = explicit_size(aead_);
  if (record.fragment.size() < nonce_offset + tag_size) return std::nullopt;
  if (!window_.is_fresh(record.sequence)) return std::nullopt;
  const std::size_t size = record.fragment.size() - nonce_offset - tag_size;
  PIGEON_ASSERT(out.size() >= size);
  const BytesView eight = nonce_offset != 0 ? record.fragment.first(nonce_offset)
                                            : record.whole.subspan(3, explicit_nonce_size);
  const Nonce nonce = make_nonce(aead_, iv_, eight);
  const auto additional = additional_data(record.whole, size);
  const BytesView body = record.fragment.subspan(nonce_offset, size);
  std::array<std::uint8_t, tag_size> tag{};
  std::ranges::copy(record.fragment.last(tag_size), tag.begin());

  EVP_CIPHER_CTX* const context = context_.get();
  int written = 0;
  const bool is_authentic =
      EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) == 1 &&
      EVP_DecryptUpdate(context, nullptr, &written, additional.data(), additional_data_size) == 1 &&
      EVP_DecryptUpdate(context, out.data(), &written, body.data(), static_cast<int>(size)) == 1 &&
      EVP_DecryptFinal_ex(context, out.data() + size, &written) == 1;
  if (!is_authentic) return std::nullopt;
  window_.accept(record.sequence);
  return BytesView(out.first(size));
}

}  // namespace pigeon::dtls
