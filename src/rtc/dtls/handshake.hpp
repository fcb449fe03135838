#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "rtc/dtls/certificate.hpp"
#include "rtc/dtls/record_protection.hpp"

namespace pigeon::dtls {

/// Who sends the ClientHello: SDP's `active` is the client (RFC 8842 section 5.2).
enum class Role : std::uint8_t { client, server };

/// What a finished handshake leaves behind.
struct Secrets {
  Aead aead{};
  DirectionKeys client;
  DirectionKeys server;
  /// Keys and salts for SRTP in the order of RFC 5764 section 4.2, as long as the profile needs.
  /// Empty if the other side does not speak SRTP.
  Bytes srtp;
  /// The protection profile's number (RFC 5764 section 4.1.2); 0 if there is none.
  std::uint16_t srtp_profile = 0;
};

/// OpenSSL's handshake without its sockets and its clock: records go in, datagrams come out, and
/// the caller says when an answer has been missing for too long.
class Handshake {
 public:
  enum class Status : std::uint8_t { running, done, failed };

  /// `datagram_size_max`: of what goes out.
  Handshake(const Certificate& certificate, Role role, std::vector<Fingerprint> expected,
            std::size_t datagram_size_max);
  ~Handshake();
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;
  Handshake(Handshake&&) noexcept;
  Handshake& operator=(Handshake&&) noexcept;

  /// The client says hello, the server begins to listen.
  void start();
  /// Takes one record. Also after `done`: the last flight may have to be sent again.
  void receive(BytesView record);
  /// The datagrams to be sent, at most 32; what does not fit is lost like any datagram.
  std::vector<Bytes> take_datagrams();

  /// True while a flight waits for its answer.
  bool awaits_answer() const;
  /// Sends the flight again. Fails after twelve times without an answer.
  void retransmit();

  Status status() const;
  /// Why it failed, for people.
  std::string failure() const;
  /// It failed because the certificate is not the announced one.
  bool is_fingerprint_mismatch() const;
  /// How far it got, in OpenSSL's words.
  std::string stage() const;
  /// `done` holds.
  Secrets secrets() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon::dtls
