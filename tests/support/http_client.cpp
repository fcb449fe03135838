#include "tests/support/http_client.hpp"

#include <algorithm>
#include <charconv>

namespace pigeon::test {

namespace {

constexpr std::string_view line_end = "\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

unsigned number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Failure("not a number in a response: " + std::string(text));
  }
  return value;
}

/// Everything before the empty line.
HttpResponse parse_head(std::string_view head) {
  HttpResponse response;
  const std::size_t first = head.find(line_end);
  const std::string_view status_line = head.substr(0, first);
  if (!status_line.starts_with("HTTP/1.1 ") || status_line.size() < 13 || status_line[12] != ' ') {
    throw Failure("bad status line: " + std::string(status_line));
  }
  response.status = number(status_line.substr(9, 3));
  head.remove_prefix(std::min(first, head.size() - line_end.size()) + line_end.size());
  while (!head.empty()) {
    const std::size_t end = std::min(head.find(line_end), head.size());
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) throw Failure("bad field: " + std::string(line));
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), lower);
    response.fields.emplace_back(std::move(name), line.substr(colon + 2));
    head.remove_prefix(std::min(end + line_end.size(), head.size()));
  }
  return response;
}

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

bool HttpResponse::has(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == name; });
}

const std::string& HttpResponse::field(std::string_view name) const {
  const std::string* found = nullptr;
  for (const auto& [each, value] : fields) {
    if (each != name) continue;
    if (found != nullptr) throw Failure("twice in a response: " + std::string(name));
    found = &value;
  }
  if (found == nullptr) throw Failure("not in a response: " + std::string(name));
  return *found;
}

HttpResponse HttpClient::receive(bool to_head, Deadline deadline) {
  constexpr std::string_view head_end = "\r\n\r\n";
  while (received_.find(head_end) == std::string::npos) receive_more(deadline);
  const std::size_t head_size = received_.find(head_end);
  HttpResponse response = parse_head(std::string_view(received_).substr(0, head_size));
  received_.erase(0, head_size + head_end.size());
  if (to_head || !may_have_body(response.status)) return response;
  const std::size_t size = number(response.field("content-length"));
  while (received_.size() < size) receive_more(deadline);
  response.body = received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

void HttpClient::receive_more(Deadline deadline) {
  const std::string piece = stream_->receive(deadline);
  if (piece.empty()) throw Failure("the server closed instead of answering");
  received_ += piece;
}

void HttpClient::expect_end(Deadline deadline) {
  const std::string piece = received_.empty() ? stream_->receive(deadline) : received_;
  if (!piece.empty()) throw Failure("the server went on: " + piece.substr(0, 200));
}

HttpResponse HttpClient::get(std::string_view target) { return request("GET", target); }

HttpResponse HttpClient::request(std::string_view method, std::string_view target,
                                 std::string_view more_fields, std::string_view body) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(more_fields);
  text.append(line_end).append(body);
  send(text);
  return receive(method == "HEAD");
}

}  // namespace pigeon::test
