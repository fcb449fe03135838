#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/byte_stream.hpp"
#include "tests/support/tcp_stream.hpp"

namespace pigeon::test {

/// A HTTP response as it came, checked for its framing only.
struct HttpResponse {
  unsigned status = 0;
  /// Names in lower case, in their order.
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  bool has(std::string_view name) const;
  /// The value of the only field of that name; throws `Failure` if there is none or several.
  const std::string& field(std::string_view name) const;
};

/// Writes HTTP requests as they stand, and reads responses strictly (RFC 9112).
class HttpClient {
 public:
  explicit HttpClient(const Route& route) : HttpClient(std::make_unique<TcpStream>(route)) {}
  explicit HttpClient(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  /// False if the server has closed.
  bool send(std::string_view bytes, Deadline deadline = Deadline()) {
    return stream_->send(bytes, deadline);
  }
  /// The next response; throws `Failure` if the server closes instead. `to_head`: it answers a HEAD
  /// request and has no body.
  HttpResponse receive(bool to_head = false, Deadline deadline = Deadline());
  /// Waits until the server closes; throws `Failure` if it sends something instead.
  void expect_end(Deadline deadline = Deadline());

  HttpResponse get(std::string_view target);
  HttpResponse request(std::string_view method, std::string_view target,
                       std::string_view more_fields = {}, std::string_view body = {});

  /// Gives up the connection, with what came behind the last response.
  std::pair<std::unique_ptr<ByteStream>, std::string> release() {
    return {std::move(stream_), std::move(received_)};
  }

 private:
  void receive_more(Deadline deadline);

  std::unique_ptr<ByteStream> stream_;
  std::string received_;
};

}  // namespace pigeon::test
