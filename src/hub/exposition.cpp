#include "hub/exposition.hpp"

#include <chrono>

namespace pigeon::hub {

namespace {

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
}

}  // namespace

void Exposition::begin(std::string_view name, std::string_view help, Type type) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name);
  text_.append(type == Type::counter ? " counter\n" : " gauge\n");
}

void Exposition::sample(std::uint64_t value, std::initializer_list<Label> labels) {
  begin_sample(labels);
  text_.append(std::to_string(value)).append("\n");
}

void Exposition::sample(Duration duration) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  const std::string fraction = std::to_string(1'000 + milliseconds % 1'000);
  begin_sample({});
  text_.append(std::to_string(milliseconds / 1'000)).append(".");
  text_.append(fraction, 1).append("\n");
}

void Exposition::begin_sample(std::initializer_list<Label> labels) {
  text_.append(name_);
  char before = '{';
  for (const auto& [name, value] : labels) {
    text_ += before;
    text_.append(name).append("=\"");
    append_escaped(text_, value);
    text_ += '"';
    before = ',';
  }
  text_.append(labels.size() == 0 ? " " : "} ");
}

}  // namespace pigeon::hub
