#include "bench/load/tls.hpp"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "bench/load/child.hpp"

namespace pigeon::bench {

TemporaryCertificate::TemporaryCertificate() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hub_bench.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  const std::vector<std::string> command = {"openssl",
                                            "req",
                                            "-x509",
                                            "-newkey",
                                            "ec",
                                            "-pkeyopt",
                                            "ec_paramgen_curve:prime256v1",
                                            "-nodes",
                                            "-days",
                                            "2",
                                            "-subj",
                                            "/CN=localhost",
                                            "-addext",
                                            "subjectAltName=IP:127.0.0.1",
                                            "-keyout",
                                            key_file().string(),
                                            "-out",
                                            certificate_file().string()};
  if (Child(command, {}).wait() != 0) throw std::runtime_error("openssl req failed");
}

TemporaryCertificate::~TemporaryCertificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void FreeSslContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void FreeSsl::operator()(SSL* session) const { SSL_free(session); }

SslContext make_client_context(const TemporaryCertificate& certificate) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Thousands of clients in one process: give idle buffers back, and let a write move its buffer.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const std::string file = certificate.certificate_file().string();
  if (SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1) {
    throw std::runtime_error("cannot read the certificate");
  }
  return context;
}

}  // namespace pigeon::bench
