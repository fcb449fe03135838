#pragma once

#include <filesystem>
#include <memory>

#include <openssl/types.h>

namespace pigeon::bench {

/// A self-signed certificate for 127.0.0.1 in a temporary folder, which goes with this object. Made
/// by the openssl command, so that no key lies in the project.
class TemporaryCertificate {
 public:
  /// Throws std::runtime_error if the command fails.
  TemporaryCertificate();
  ~TemporaryCertificate();
  TemporaryCertificate(const TemporaryCertificate&) = delete;
  TemporaryCertificate& operator=(const TemporaryCertificate&) = delete;

  std::filesystem::path certificate_file() const { return folder_ / "certificate.pem"; }
  std::filesystem::path key_file() const { return folder_ / "key.pem"; }

 private:
  std::filesystem::path folder_;
};

struct FreeSslContext {
  void operator()(SSL_CTX* context) const;
};
struct FreeSsl {
  void operator()(SSL* session) const;
};
using SslContext = std::unique_ptr<SSL_CTX, FreeSslContext>;
using SslSession = std::unique_ptr<SSL, FreeSsl>;

/// TLS 1.2 or newer, trusting `certificate` alone.
SslContext make_client_context(const TemporaryCertificate& certificate);

}  // namespace pigeon::bench
