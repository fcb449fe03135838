#include "rtc/dtls/record_protection.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

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

bool is_gcm(Aead aead) { return aead != Aead::chacha20_poly1305; }

CipherContext make_context(Aead aead, const DirectionKeys& keys, int encrypts) {
  CipherContext context(EVP_CIPHER_CTX_new());
  PIGEON_ASSERT(context != nullptr);
  const int done = EVP_CipherInit_ex(context.get(), cipher_of(aead), nullptr, keys.key.data(),
                                     nullptr, encrypts);
  PIGEON_ASSERT(done == 1);
  return context;
}

std::size_t explicit_size(Aead aead) { return is_gcm(aead) ? explicit_nonce_size : 0; }

using AdditionalData = std::array<std::uint8_t, additional_data_size>;

/// RFC 7905 section 2: the initialization vector, its end mixed with epoch and sequence number.
Nonce chacha_nonce(BytesView iv, BytesView eight) {
  Nonce nonce{};
  std::ranges::copy(iv, nonce.begin());
  for (std::size_t i = 0; i < eight.size(); ++i) nonce[nonce_size - eight.size() + i] ^= eight[i];
  return nonce;
}

/// RFC 5246 section 6.2.3.3 with RFC 6347 section 4.1.2.1: epoch and sequence number, type, version
/// and length of the plaintext.
AdditionalData additional_data(BytesView header, std::size_t plaintext_size) {
  AdditionalData data{};
  std::ranges::copy(header.subspan(3, 8), data.begin());
  std::ranges::copy(header.first(3), data.begin() + 8);
  data[11] = static_cast<std::uint8_t>(plaintext_size >> 8U);
  data[12] = static_cast<std::uint8_t>(plaintext_size);
  return data;
}

// OpenSSL's mode for whole fragments of TLS, which spares the calls for nonce, additional data and
// tag: they cost as much as half of the encryption. It works in place on nonce, text and tag.

void begin_gcm(EVP_CIPHER_CTX* context, BytesView iv, int iv_size) {
  Nonce nonce{};
  std::ranges::copy(iv, nonce.begin());
  const int done = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IV_FIXED, iv_size, nonce.data());
  PIGEON_ASSERT(done == 1);
}

/// Encrypts or decrypts. In the additional data, OpenSSL wants the length of what it is given:
/// explicit nonce and text, and, when it decrypts, the tag.
bool crypt_gcm(EVP_CIPHER_CTX* context, AdditionalData additional, MutableBytesView fragment) {
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_AAD, additional.data(),
                                        additional.size()),
      OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_set_params(context, parameters.data()) == 1 &&
         EVP_Cipher(context, fragment.data(), fragment.data(),
                    static_cast<unsigned>(fragment.size())) >= 0;
}

bool seal_chacha(EVP_CIPHER_CTX* context, const Nonce& nonce, const AdditionalData& additional,
                 std::uint8_t* body, int size) {
  int written = 0;
  return EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_EncryptUpdate(context, nullptr, &written, additional.data(), additional_data_size) ==
             1 &&
         EVP_EncryptUpdate(context, body, &written, body, size) == 1 &&
         EVP_EncryptFinal_ex(context, body + size, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, body + size) == 1;
}

/// `body`: the text and behind it the tag.
bool open_chacha(EVP_CIPHER_CTX* context, const Nonce& nonce, const AdditionalData& additional,
                 std::uint8_t* body, int size) {
  int written = 0;
  return EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data()) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, body + size) == 1 &&
         EVP_DecryptUpdate(context, nullptr, &written, additional.data(), additional_data_size) ==
             1 &&
         EVP_DecryptUpdate(context, body, &written, body, size) == 1 &&
         EVP_DecryptFinal_ex(context, body + size, &written) == 1;
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
      context_(make_context(aead, keys, 1)) {
  if (!is_gcm(aead)) return;
  // RFC 5288 section 3: the fixed part, then the explicit one. Epoch and sequence number, which
  // never repeat, are that; OpenSSL counts it up by itself.
  std::array<std::uint8_t, record_header_size> header{};
  write_record_header(header, ContentType::application_data, epoch, first_sequence, 0);
  Bytes whole = iv_;
  whole.insert(whole.end(), header.begin() + 3, header.begin() + 3 + explicit_nonce_size);
  constexpr int all_of_it = -1;
  begin_gcm(context_.get(), whole, all_of_it);
}

std::size_t RecordSealer::plaintext_offset() const {
  return record_header_size + explicit_size(aead_);
}

std::size_t RecordSealer::seal(ContentType type, BytesView plaintext, MutableBytesView out) {
  if (sequence_ > sequence_max) return 0;
  const std::size_t size = plaintext.size();
  const std::size_t nonce_offset = explicit_size(aead_);
  const std::size_t fragment_size = nonce_offset + size + tag_size;
  PIGEON_ASSERT(out.size() >= record_header_size + fragment_size);
  const MutableBytesView fragment = out.subspan(record_header_size, fragment_size);
  std::uint8_t* const body = fragment.data() + nonce_offset;
  // The plaintext may lie where the header will.
  if (size != 0 && body != plaintext.data()) std::memmove(body, plaintext.data(), size);
  write_record_header(out, type, epoch_, sequence_++, fragment_size);
  const BytesView eight = out.subspan(3, explicit_nonce_size);
  bool done = false;
  if (is_gcm(aead_)) {
    done = crypt_gcm(context_.get(), additional_data(out, nonce_offset + size), fragment) &&
           std::equal(eight.begin(), eight.end(), fragment.begin());
  } else {
    done = seal_chacha(context_.get(), chacha_nonce(iv_, eight), additional_data(out, size), body,
                       static_cast<int>(size));
  }
  PIGEON_ASSERT(done);
  return record_header_size + fragment_size;
}

RecordOpener::RecordOpener(Aead aead, const DirectionKeys& keys)
    : aead_(aead), iv_(keys.iv), context_(make_context(aead, keys, 0)) {
  if (is_gcm(aead)) begin_gcm(context_.get(), iv_, static_cast<int>(iv_.size()));
}

std::optional<BytesView> RecordOpener::open(const RecordView& record, MutableBytesView out) {
  const std::size_t nonce_offset = explicit_size(aead_);
  if (record.fragment.size() < nonce_offset + tag_size) return std::nullopt;
  if (!window_.is_fresh(record.sequence)) return std::nullopt;
  const std::size_t size = record.fragment.size() - nonce_offset - tag_size;
  PIGEON_ASSERT(out.size() >= record.fragment.size());
  const MutableBytesView fragment = out.first(record.fragment.size());
  std::ranges::copy(record.fragment, fragment.begin());
  bool is_authentic = false;
  if (is_gcm(aead_)) {
    const auto additional = additional_data(record.whole, record.fragment.size());
    is_authentic = crypt_gcm(context_.get(), additional, fragment);
  } else {
    const Nonce nonce = chacha_nonce(iv_, record.whole.subspan(3, explicit_nonce_size));
    is_authentic = open_chacha(context_.get(), nonce, additional_data(record.whole, size),
                               fragment.data(), static_cast<int>(size));
  }
  if (!is_authentic) return std::nullopt;
  window_.accept(record.sequence);
  return BytesView(fragment.subspan(nonce_offset, size));
}

}  // namespace pigeon::dtls
