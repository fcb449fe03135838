#include "suite/ecdsa_form.hpp"

#include "suite/openssl.hpp"

namespace pigeon::suite {

namespace {

constexpr std::size_t number_size = 32;

}  // namespace

std::optional<crypto::SignatureBytes> signature_of_der(BytesView der) {
  const std::uint8_t* cursor = der.data();
  const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  crypto::SignatureBytes raw{};
  if (!parsed || BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), raw.data(), number_size) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), raw.data() + number_size, number_size) < 0) {
    return std::nullopt;
  }
  return raw;
}

std::size_t der_of_signature(const crypto::SignatureBytes& signature, DerSignature& out) {
  const EcdsaSignature parsed(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(signature.data(), number_size, nullptr));
  BigNumber s(BN_bin2bn(signature.data() + number_size, number_size, nullptr));
  if (!parsed || !r || !s || ECDSA_SIG_set0(parsed.get(), r.get(), s.get()) != 1) return 0;
  // The signature owns them now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::uint8_t* cursor = out.data();
  const int size = i2d_ECDSA_SIG(parsed.get(), &cursor);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

}  // namespace pigeon::suite
