#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "pigeon/result.hpp"

namespace pigeon::net::http {

/// Why bytes are not the head of a response.
enum class ResponseError { bad_syntax, head_too_large };

/// A clause for a sentence, as in "what it sent ...".
std::string_view to_string(ResponseError error);

/// Reads the head of one response (RFC 9112); what is behind it is the owner's.
class ResponseParser {
 public:
  /// At most so many bytes of status line and header fields.
  explicit ResponseParser(std::size_t head_bytes_max);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;
  ResponseParser(ResponseParser&&) noexcept;
  ResponseParser& operator=(ResponseParser&&) noexcept;
  ~ResponseParser();

  /// Takes bytes of the head from the front of `input` and gives their number. What is left must be
  /// offered again, at the front, when more has come; once the head is complete it is the body.
  Result<std::size_t, ResponseError> feed(std::string_view input);

  /// True when the functions below may be asked.
  bool is_complete() const;
  unsigned status() const;
  /// The server's words for the status; any bytes that HTTP allows.
  std::string_view reason() const;
  /// The value of a header field, several of one name joined by commas; empty if absent.
  std::string field(std::string_view name) const;

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace pigeon::net::http
