#pragma once

#include <string>

#include "net/http/request_parser.hpp"
#include "net/http/response.hpp"
#include "runtime/answer_progress.hpp"
#include "runtime/connection.hpp"

namespace pigeon::runtime {

struct Connection::Http {
  explicit Http(const net::http::RequestLimits& limits) : parser(limits) {}

  net::http::RequestParser parser;
  /// Read, but not yet part of a request.
  std::string unread;
  bool has_seen_head = false;
  bool is_answered = false;
  AnswerProgress progress;
  net::http::Afterwards afterwards = net::http::Afterwards::close;
};

}  // namespace pigeon::runtime
