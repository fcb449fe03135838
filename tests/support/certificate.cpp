#include "tests/support/certificate.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/support/deadline.hpp"

namespace pigeon::test {

namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;

void require(bool holds) {
  if (!holds) throw Failure("cannot make a certificate");
}

File open(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "we"));
  require(file != nullptr);
  return file;
}

Certificate make_certificate(EVP_PKEY* key, long serial) {
  constexpr long day = 86'400;
  Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), -day);
  X509_gmtime_adj(X509_getm_notAfter(x509), day);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  const std::string subject = "hub under test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  const Extension address(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
  require(address != nullptr && X509_add_ext(x509, address.get(), -1) == 1);
  require(X509_sign(x509, key, EVP_sha256()) > 0);
  return certificate;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "hub_e2e.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw Failure("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_certificate(const CertificateFiles& files, long serial) {
  const Key key(EVP_EC_gen("P-256"));
  require(key != nullptr);
  const Certificate certificate = make_certificate(key.get(), serial);
  require(PEM_write_X509(open(files.certificate).get(), certificate.get()) == 1);
  require(PEM_write_PrivateKey(open(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr,
                               nullptr) == 1);
}

}  // namespace pigeon::test
