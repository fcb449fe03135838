#include "net/tls_context.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "net/tls_client_context.hpp"

namespace pigeon::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A folder with certificates that are made for the test.
class TlsContextTest : public ::testing::Test {
 public:
  TlsContextTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tls_test.XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  TlsContextTest(const TlsContextTest&) = delete;
  TlsContextTest& operator=(const TlsContextTest&) = delete;
  ~TlsContextTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }

  /// Writes `name.pem` and `name.key` that belong together.
  void make_pair(const std::string& name) const {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
    X509_set_pubkey(certificate.get(), key.get());
    ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> pem(
        std::fopen(path(name + ".pem").c_str(), "w"), close);
    const std::unique_ptr<std::FILE, decltype(close)> out(
        std::fopen(path(name + ".key").c_str(), "w"), close);
    PEM_write_X509(pem.get(), certificate.get());
    PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }

  std::filesystem::path folder_;
};

TEST_F(TlsContextTest, LoadsAPair) {
  make_pair("one");

  EXPECT_TRUE(TlsContext::load(path("one.pem"), path("one.key")));
}

TEST_F(TlsContextTest, NamesAMissingFile) {
  make_pair("one");

  const auto certificate = TlsContext::load(path("none.pem"), path("one.key"));
  const auto key = TlsContext::load(path("one.pem"), path("none.key"));

  ASSERT_FALSE(certificate);
  EXPECT_THAT(certificate.error(), AllOf(HasSubstr("certificate file"), HasSubstr("none.pem"),
                                         HasSubstr("No such file"), HasSubstr("Give the path")));
  ASSERT_FALSE(key);
  EXPECT_THAT(key.error(), AllOf(HasSubstr("key file"), HasSubstr("none.key"),
                                 HasSubstr("No such file"), HasSubstr("Give the path")));
}

TEST_F(TlsContextTest, RefusesFilesThatDoNotBelongTogether) {
  make_pair("one");
  make_pair("two");

  const auto context = TlsContext::load(path("one.pem"), path("two.key"));

  ASSERT_FALSE(context);
  EXPECT_THAT(context.error(), AllOf(HasSubstr("two.key does not belong to the certificate in"),
                                     HasSubstr("one.pem"), HasSubstr("made together")));
}

TEST_F(TlsContextTest, RefusesOtherContent) {
  make_pair("one");
  const std::string nonsense = write("nonsense.pem", "nonsense");
  const std::string empty = write("empty.pem", "");

  for (const std::string& file : {nonsense, empty, path("one.key")}) {
    const auto context = TlsContext::load(file, path("one.key"));
    ASSERT_FALSE(context);
    EXPECT_THAT(context.error(),
                AllOf(HasSubstr("holds no usable certificate"), HasSubstr("Give a PEM file")));
  }
  for (const std::string& file : {nonsense, empty, path("one.pem")}) {
    const auto context = TlsContext::load(path("one.pem"), file);
    ASSERT_FALSE(context);
    EXPECT_THAT(context.error(),
                AllOf(HasSubstr("holds no usable private key"), HasSubstr("Give the PEM file")));
  }
}

TEST_F(TlsContextTest, NeverAsksForAPassphrase) {
  make_pair("one");
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  std::FILE* file = std::fopen(path("locked.key").c_str(), "w");
  PEM_write_PrivateKey(file, key.get(), EVP_aes_128_cbc(),
                       reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr);
  std::fclose(file);

  const auto context = TlsContext::load(path("one.pem"), path("locked.key"));

  ASSERT_FALSE(context);
  EXPECT_THAT(context.error(), HasSubstr("without a passphrase"));
}

TEST_F(TlsContextTest, TrustsTheSystemOrAFile) {
  make_pair("one");

  EXPECT_TRUE(TlsClientContext::load(""));
  EXPECT_TRUE(TlsClientContext::load(path("one.pem")));
}

TEST_F(TlsContextTest, NamesAFileThatNobodyCanTrust) {
  make_pair("one");
  const std::string nonsense = write("nonsense.pem", "nonsense");

  const auto missing = TlsClientContext::load(path("none.pem"));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), AllOf(HasSubstr("trusted certificates file"), HasSubstr("none.pem"),
                                     HasSubstr("No such file"), HasSubstr("Give the path")));
  for (const std::string& file : {nonsense, write("empty.pem", ""), path("one.key")}) {
    const auto context = TlsClientContext::load(file);
    ASSERT_FALSE(context) << file;
    EXPECT_THAT(context.error(),
                AllOf(HasSubstr(file), HasSubstr("no usable certificate"), HasSubstr("Give a")));
  }
}

}  // namespace
}  // namespace pigeon::net
