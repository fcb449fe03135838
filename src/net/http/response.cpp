#include "net/http/response.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include <boost/beast/http/status.hpp>

namespace pigeon::net::http {

namespace {

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) head.push_back(c == '\r' || c == '\n' ? ' ' : c);
  head.append("\r\n");
}

std::string_view reason_phrase(unsigned status) {
  namespace beast = boost::beast;
  const beast::string_view text = beast::http::obsolete_reason(beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

}  // namespace

std::string encode_head(unsigned status, std::span<const Field> fields, std::size_t body_bytes,
                        Afterwards afterwards, std::string_view date) {
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  head.append(reason_phrase(status)).append("\r\n");
  for (const Field& field : fields) append_field(head, field.first, field.second);
  append_field(head, "Date", date);
  if (has_body(status)) append_field(head, "Content-Length", std::to_string(body_bytes));
  if (afterwards == Afterwards::keep_alive) {
    append_field(head, "Connection", "keep-alive");
    append_field(head, "Keep-Alive", "timeout=" + std::to_string(keep_alive_seconds));
  } else {
    append_field(head, "Connection", "close");
  }
  return head.append("\r\n");
}

bool has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

std::string format_date(std::int64_t wall_ms) {
  using namespace std::chrono;
  constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds moment = floor<seconds>(sys_time<milliseconds>(milliseconds(wall_ms)));
  const sys_days day = floor<std::chrono::days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      days.at(weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
      months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace pigeon::net::http
