#include "bench/load/implementation.hpp"

#include <array>
#include <cstdio>
#include <limits>
#include <memory>

#include <boost/json.hpp>

namespace pigeon::bench {

namespace {

constexpr const char* seconds_max = "180";

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char letter : word) {
    if (letter == '\'') text += "'\\'";
    text += letter;
  }
  return text + "'";
}

struct ClosePipe {
  void operator()(std::FILE* pipe) const { ::pclose(pipe); }
};

constexpr int reference_attempts = 3;

std::string output_of(const std::string& command) {
  // NOLINTNEXTLINE(cert-env33-c): every word is quoted.
  const std::unique_ptr<std::FILE, ClosePipe> pipe(::popen(command.c_str(), "r"));
  std::string output;
  std::array<char, 4'096> piece{};
  while (pipe != nullptr && std::fgets(piece.data(), piece.size(), pipe.get()) != nullptr) {
    output += piece.data();
  }
  return output;
}

}  // namespace

std::optional<boost::json::object> run(const Words& command, const Words& arguments,
                                       Report& report) {
  // A program that hangs, or whose caller has gone, must end.
  std::string line = std::string("timeout --kill-after=5 ") + seconds_max;
  std::string shown;
  for (const Words* words : {&command, &arguments}) {
    for (const std::string& word : *words) {
      line += ' ' + quoted(word);
      shown += word + ' ';
    }
  }
  // The others crash now and then when they end; ours must not.
  const int attempts = command.front() == "node" ? reference_attempts : 1;
  for (int i = 0; i < attempts; ++i) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(output_of(line), error);
    if (!error && value.is_object()) return value.as_object();
  }
  report.fail(shown + "printed no result");
  return std::nullopt;
}

double number(const boost::json::object& result, std::string_view name, std::string_view inner) {
  const boost::json::value* value = result.if_contains(name);
  if (value != nullptr && !inner.empty()) {
    value = value->is_object() ? value->as_object().if_contains(inner) : nullptr;
  }
  if (value == nullptr || !value->is_number()) return std::numeric_limits<double>::quiet_NaN();
  return value->to_number<double>();
}

}  // namespace pigeon::bench
