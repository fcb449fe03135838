#include "persist/identity_lines.hpp"

#include <algorithm>
#include <optional>

namespace pigeon::persist {

namespace {

using Error = Unexpected<std::string>;

/// Takes the first line off, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The error of the first line, if it has one.
std::optional<std::string> check_first_line(std::string_view line, std::string_view kind) {
  if (!line.starts_with(kind) || !line.substr(kind.size()).starts_with(' ')) {
    return "is not a file with the keys of a node";
  }
  if (line.substr(kind.size()) != " 1") {
    return "is of another version than 1, the one that is known here";
  }
  return std::nullopt;
}

/// `priv, pub, epriv or epub`.
std::string list_of(std::span<const NamedText> lines) {
  std::string list;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) list += i + 1 == lines.size() ? " or " : ", ";
    list += lines[i].name;
  }
  return list;
}

/// Notes `name text`; gives the error if it is none of the lines, or there twice.
std::optional<std::string> take_text(std::string_view line, std::span<NamedText> lines) {
  const std::size_t space = line.find(' ');
  const auto named = std::ranges::find(lines, line.substr(0, space), &NamedText::name);
  if (named == lines.end()) return "has a line that is none of " + list_of(lines);
  if (!named->text.empty()) return "has the line " + std::string(named->name) + " twice";
  named->text = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  if (named->text.empty()) return "has nothing in the line " + std::string(named->name);
  return std::nullopt;
}

}  // namespace

Result<void, std::string> read_identity_lines(std::string_view text, std::string_view kind,
                                              std::span<NamedText> lines) {
  if (text.empty()) return Error("is empty");
  if (text.size() > identity_bytes_max) return Error("is longer than 4096 bytes");
  if (const auto error = check_first_line(take_line(text), kind)) return Error(*error);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.starts_with('#')) continue;
    if (const auto error = take_text(line, lines)) return Error(*error);
  }
  const auto missing = std::ranges::find(lines, std::string_view(), &NamedText::text);
  if (missing != lines.end()) return Error("has no line " + std::string(missing->name));
  return {};
}

}  // namespace pigeon::persist
