#include "rtc/dtls/handshake.hpp"

#include <array>
#include <iterator>
#include <utility>

#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>

#include "base/assert.hpp"
#include "rtc/dtls/datagram_bio.hpp"
#include "rtc/dtls/key_block.hpp"
#include "rtc/dtls/openssl_pointer.hpp"
#include "rtc/dtls/peer_check.hpp"

namespace pigeon::dtls {

struct Handshake::Impl {
  DatagramPort port;
  PeerCheck check;
  Status status = Status::running;
  std::string failure;
  // Last, so that it goes first: it refers to the others.
  OpensslPointer<SSL, SSL_free> ssl;

  void step() {
    ERR_clear_error();
    if (status == Status::done) {
      // Application data never comes this way; reading handles handshake messages that come again.
      std::array<char, 1> nothing{};
      SSL_read(ssl.get(), nothing.data(), nothing.size());
    } else {
      conclude(SSL_do_handshake(ssl.get()));
    }
    port.incoming = {};
    // Nothing of this thread's list of errors is left to whoever calls OpenSSL next.
    ERR_clear_error();
  }

  void conclude(int result) {
    if (result == 1) {
      status = Status::done;
      return;
    }
    const int error = SSL_get_error(ssl.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail();
  }

  void fail() {
    status = Status::failed;
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    failure = reason != nullptr ? reason : "the other side ended it";
  }
};

Handshake::Handshake(const Certificate& certificate, Role role, std::vector<Fingerprint> expected,
                     std::size_t datagram_size_max)
    : impl_(std::make_unique<Impl>()) {
  impl_->check.expected = std::move(expected);
  impl_->ssl.reset(SSL_new(certificate.context()));
  SSL* const ssl = impl_->ssl.get();
  PIGEON_ASSERT(ssl != nullptr);
  expect_peer(ssl, impl_->check);
  BIO* const bio = make_datagram_bio(impl_->port);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_mtu(ssl, static_cast<long>(datagram_size_max));
  if (role == Role::client) {
    SSL_set_connect_state(ssl);
  } else {
    SSL_set_accept_state(ssl);
  }
}

Handshake::~Handshake() = default;
Handshake::Handshake(Handshake&&) noexcept = default;
Handshake& Handshake::operator=(Handshake&&) noexcept = default;

void Handshake::start() { impl_->step(); }

void Handshake::receive(BytesView record) {
  if (impl_->status == Status::failed) return;
  impl_->port.incoming = record;
  impl_->step();
}

std::vector<Bytes> Handshake::take_datagrams() { return std::exchange(impl_->port.outgoing, {}); }

bool Handshake::awaits_answer() const { return impl_->port.timer != nullptr; }

void Handshake::retransmit() {
  if (impl_->status == Status::failed || !awaits_answer()) return;
  ERR_clear_error();
  impl_->port.expire_timer();
  const auto result = DTLSv1_handle_timeout(impl_->ssl.get());
  impl_->port.hold_timer();
  if (result < 0) impl_->fail();
  ERR_clear_error();
}

Handshake::Status Handshake::status() const { return impl_->status; }

std::string Handshake::failure() const { return impl_->failure; }

bool Handshake::is_fingerprint_mismatch() const { return impl_->check.mismatch; }

std::string Handshake::stage() const { return SSL_state_string_long(impl_->ssl.get()); }

Secrets Handshake::secrets() const {
  PIGEON_ASSERT(impl_->status == Status::done);
  return derive_secrets(impl_->ssl.get());
}

}  // namespace pigeon::dtls
