#include <algorithm>
#include <utility>

#include "hub/http_api.hpp"
#include "net/http/response.hpp"
#include "net/url.hpp"
#include "net/websocket/handshake.hpp"
#include "runtime/connection.hpp"
#include "runtime/connection_http_state.hpp"

namespace pigeon::runtime {

namespace http = net::http;
namespace websocket = net::websocket;

namespace {

static_assert(LoopServices::request_read_bytes >= net::Stream::read_bytes_min);

http::RequestLimits request_limits(const HubLimits& limits) {
  return {.head_bytes_max = limits.handshake_bytes_max, .body_bytes_max = limits.body_bytes_max};
}

Refused reason_of(http::RequestError error) {
  switch (error) {
    case http::RequestError::head_too_large:
      return Refused::head_bytes;
    case http::RequestError::body_too_large:
      return Refused::body_bytes;
    default:
      return Refused::bad_request;
  }
}

}  // namespace

void Connection::receive_request() {
  if (http_ == nullptr) {
    http_ = std::make_unique<Http>(request_limits(services_.share.options.limits));
  }
  const MutableBytesView buffer = services_.read_buffer();
  const std::size_t unread = http_->unread.size();
  const net::IoResult result =
      stream_.read(buffer.subspan(unread, LoopServices::request_read_bytes));
  if (!has_read(result)) return;
  std::ranges::copy(as_bytes(http_->unread), buffer.begin());
  http_->unread.clear();
  if (deadline_ == Deadline::next_request) set_deadline(Deadline::request);
  read_request(buffer.first(unread + result.bytes));
  enforce_limits();
}

void Connection::resume_reading() {
  if (phase_ != Phase::request) return;
  const MutableBytesView input = services_.read_buffer().first(http_->unread.size());
  std::ranges::copy(as_bytes(http_->unread), input.begin());
  http_->unread.clear();
  read_request(input);
  enforce_limits();
  if (wants_input()) wait_readable();
}

void Connection::read_request(MutableBytesView input) {
  const auto used = http_->parser.feed(as_text(input));
  if (!used) {
    return answer_error(reason_of(used.error()), http::http_status(used.error()),
                        to_string(used.error()));
  }
  const MutableBytesView rest = input.subspan(*used);
  if (http_->parser.has_head() && !std::exchange(http_->has_seen_head, true)) {
    if (!accept_head(rest)) return;
  }
  http_->unread = as_text(rest);
  if (http_->parser.is_complete()) ask_core();
}

/// False if the request ends here: it is refused or has become a WebSocket.
bool Connection::accept_head(MutableBytesView rest) {
  const http::RequestParser& request = http_->parser;
  if (refused_) {
    answer_error(*refused_, 429, "Too many connections from this address", {{"Retry-After", "5"}});
    return false;
  }
  if (websocket::wants_websocket(request.field("Upgrade"))) {
    if (services_.share.is_draining) {
      answer_error(Refused::draining, 503, "The hub is shutting down",
                   {hub::retry_after_drain(services_.share.options)});
    } else {
      upgrade(rest);
    }
    return false;
  }
  if (!request.is_complete() && request.expects_continue()) {
    queue().push("HTTP/1.1 100 Continue\r\n\r\n");
  }
  return true;
}

void Connection::upgrade(MutableBytesView rest) {
  const http::RequestParser& request = http_->parser;
  const std::string upgrade = request.field("Upgrade");
  const std::string connection = request.field("Connection");
  const std::string key = request.field("Sec-WebSocket-Key");
  const std::string version = request.field("Sec-WebSocket-Version");
  const auto accept = websocket::check_request({.method = request.method(),
                                                .http_version = request.version(),
                                                .upgrade = upgrade,
                                                .connection = connection,
                                                .key = key,
                                                .version = version});
  if (!accept) {
    std::vector<http::Field> fields;
    if (websocket::http_status(accept.error()) == 426) {
      fields = {{"Upgrade", "websocket"},
                {"Sec-WebSocket-Version", std::string(websocket::supported_version)}};
    }
    return answer_error(Refused::bad_request, websocket::http_status(accept.error()),
                        to_string(accept.error()), std::move(fields));
  }
  auto target = net::parse_request_target(request.target());
  if (!target || request.has_body()) {
    return answer_error(Refused::bad_request, 400, to_string(http::RequestError::bad_syntax));
  }
  queue().push(websocket::encode_response(*accept));
  leave();
  phase_ = Phase::open;
  http_.reset();
  services_.tell(hub::ConnectionOpened{.connection = id_,
                                       .query = std::move(target->query),
                                       .address = address_.network().to_text(),
                                       .remote_address = address_.to_text()});
  if (!rest.empty()) receive_frames(rest);
}

void Connection::ask_core() {
  const http::RequestParser& request = http_->parser;
  phase_ = Phase::answer;
  set_deadline(Deadline::answer);
  auto target = net::parse_request_target(request.target());
  if (!target) {
    return answer_error(Refused::bad_request, 400, to_string(http::RequestError::bad_syntax));
  }
  services_.tell(services_.share.report());
  services_.tell(hub::HttpRequest{.connection = id_,
                                  .method = std::string(request.method()),
                                  .path = std::move(target->path),
                                  .query = std::move(target->query),
                                  .host = request.field("Host"),
                                  .accept = request.field("Accept"),
                                  .secure = stream_.is_secure(),
                                  .address = address_.network().to_text()});
}

void Connection::respond(hub::SendResponse&& response) {
  if (phase_ != Phase::answer || http_->is_answered) return;
  const bool goes_on = http_->parser.keep_alive() && !services_.share.is_draining;
  http_->afterwards = goes_on ? http::Afterwards::keep_alive : http::Afterwards::close;
  answer(response.status, response.headers, std::move(response.body));
}

/// The connection cannot go on after it.
void Connection::answer_error(Refused reason, unsigned status, std::string_view sentence,
                              std::vector<http::Field> fields) {
  services_.share.refusals.add(reason);
  http_->afterwards = http::Afterwards::close;
  for (auto& field : hub::cors_fields(services_.share.options)) fields.push_back(std::move(field));
  fields.emplace_back("Content-Type", "application/json; charset=utf-8");
  // The sentences are our own and need no escapes.
  answer(status, fields, R"({"error":")" + std::string(sentence) + R"("})");
}

void Connection::answer(unsigned status, std::span<const http::Field> fields, std::string body) {
  const bool is_head = http_->has_seen_head && http_->parser.method() == "HEAD";
  phase_ = Phase::answer;
  http_->is_answered = true;
  set_deadline(Deadline::answer);
  queue().push(http::encode_head(status, fields, body.size(), http_->afterwards, services_.date()));
  if (http::has_body(status) && !is_head) queue().push(std::move(body));
  http_->progress.begin(queue().bytes());
}

void Connection::finish_answer() {
  if (http_->afterwards == http::Afterwards::close) {
    linger();
    return wait_readable();
  }
  phase_ = Phase::request;
  http_->parser = http::RequestParser(request_limits(services_.share.options.limits));
  http_->has_seen_head = false;
  http_->is_answered = false;
  if (http_->unread.empty()) {
    set_deadline(Deadline::next_request);
    wait_readable();
  } else {
    set_deadline(Deadline::request);
    services_.to_resume.push_back(id_);
  }
}

}  // namespace pigeon::runtime
