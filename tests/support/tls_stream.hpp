#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include "tests/support/tcp_stream.hpp"

namespace pigeon::test {

/// A TLS connection to 127.0.0.1.
class TlsStream final : public ByteStream {
 public:
  /// Connects and shakes hands; throws `Failure` unless the server proves that it has the
  /// certificate of that file.
  TlsStream(const Route& route, const std::filesystem::path& certificate);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream() override;

  bool send(std::string_view bytes, Deadline deadline) override;
  std::string receive(Deadline deadline) override;

  /// The serial number of the server's certificate.
  long serial() const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const;
  };
  struct FreeSession {
    void operator()(SSL* session) const;
  };

  /// Waits for what a call of OpenSSL wants; false if the connection has ended.
  bool wait_after(int result, Deadline deadline);

  TcpStream tcp_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSession> session_;
};

}  // namespace pigeon::test
