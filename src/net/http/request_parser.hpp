#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"

namespace pigeon::net::http {

struct RequestLimits {
  /// Bytes of the request line and the header fields.
  std::size_t head_bytes_max = 8'192;
  std::size_t body_bytes_max = 102'400;
};

/// Why a request is refused. The connection cannot go on after it.
enum class RequestError : std::uint8_t {
  bad_syntax,
  head_too_large,
  body_too_large,
  /// A body in chunks, which this server does not take (RFC 9112 section 6.3).
  length_required,
};

/// The status that tells the client.
unsigned http_status(RequestError error);
/// A sentence for the client.
std::string_view to_string(RequestError error);

/// Reads one request (RFC 9112). Its body is counted and dropped: nothing here wants one.
class RequestParser {
 public:
  explicit RequestParser(const RequestLimits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;
  ~RequestParser();

  /// Takes bytes of the request from the front of `input` and gives their number. What is left
  /// belongs to the next request if this one is complete; otherwise it must be offered again, at
  /// the front, when more has come.
  Result<std::size_t, RequestError> feed(std::string_view input);

  /// True when the head has been read; the functions below may be asked from then on.
  bool has_head() const;
  /// True when the body has been read, too.
  bool is_complete() const;

  std::string_view method() const;
  std::string_view target() const;
  /// 10 for HTTP/1.0, 11 for HTTP/1.1.
  unsigned version() const;
  /// Whether the client lets the connection go on after the answer.
  bool keep_alive() const;
  /// Whether the client waits for `100 Continue` before it sends a body.
  bool expects_continue() const;
  bool has_body() const;
  /// The value of a header field, several of one name joined by commas; empty if absent.
  std::string field(std::string_view name) const;

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon::net::http
