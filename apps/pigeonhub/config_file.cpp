#include "apps/pigeonhub/config_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "apps/support/quote.hpp"
#include "apps/support/suggestion.hpp"

namespace pigeonhub {
namespace {

using pigeon::Result;
using pigeon::Unexpected;

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

/// The key that was meant: the right name in the wrong section, or one that is spelled alike.
std::optional<std::string_view> meant_key(std::string_view unknown) {
  std::vector<std::string_view> keys;
  for (const OptionSpec& option : option_table()) {
    if (last_part(option.key) == last_part(unknown)) return option.key;
    keys.push_back(option.key);
  }
  return apps::suggest(unknown, keys);
}

bool is_section(std::string_view name) {
  const std::string prefix = std::string(name) + ".";
  return std::ranges::any_of(
      option_table(), [&](const OptionSpec& option) { return option.key.starts_with(prefix); });
}

/// A value as the user would write it after a flag; nothing for arrays, dates and fractions.
std::optional<std::string> value_text(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return text;
  if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
  if (const auto flag = node.value_exact<bool>()) return *flag ? "yes" : "no";
  return std::nullopt;
}

/// Turns the tables of one file into assignments and stops at the first mistake.
class ConfigReader {
 public:
  explicit ConfigReader(std::string_view name) : name_(name) {}

  Result<std::vector<Assignment>, SettingsError> read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const toml::table* section = node.as_table();
      const bool unknown_and_empty =
          section != nullptr && section->empty() && !is_section(key.str());
      if (section == nullptr || unknown_and_empty) {
        read_value(std::string(key.str()), node);
        continue;
      }
      for (const auto& [inner, value] : *section) {
        read_value(fmt::format("{}.{}", key.str(), inner.str()), value);
      }
    }
    if (error_) return Unexpected(*error_);
    return std::move(assignments_);
  }

 private:
  void read_value(const std::string& key, const toml::node& node) {
    if (error_) return;
    const auto line = node.source().begin.line;
    const auto option = std::ranges::find(option_table(), key, &OptionSpec::key);
    if (option == option_table().end()) {
      const auto meant = meant_key(key);
      error_ =
          SettingsError{fmt::format("{}, line {}: unknown key {}{}", name_, line, apps::quote(key),
                                    meant ? fmt::format("; did you mean {}?", *meant) : "")};
      return;
    }
    const std::string place = fmt::format("{}, line {}, {}", name_, line, key);
    if (auto text = value_text(node)) {
      assignments_.push_back({&*option, std::move(*text), place});
    } else {
      error_ = SettingsError{place + ": must be a text, a whole number, true or false"};
    }
  }

  std::string_view name_;
  std::vector<Assignment> assignments_;
  std::optional<SettingsError> error_;
};

}  // namespace

Result<std::vector<Assignment>, SettingsError> read_config_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(config_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    return Unexpected(SettingsError{
        fmt::format("cannot read {}: {}", apps::quote(path, 4096), std::strerror(errno))});
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > config_bytes_max) {
    return Unexpected(SettingsError{
        fmt::format("{} has more than {} bytes", apps::quote(path, 4096), config_bytes_max)});
  }
  return parse_config(text, path);
}

Result<std::vector<Assignment>, SettingsError> parse_config(std::string_view text,
                                                            std::string_view name) {
  try {
    return ConfigReader(name).read(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    return Unexpected(SettingsError{
        fmt::format("{}, line {}: {}", name, error.source().begin.line, error.description())});
  }
}

}  // namespace pigeonhub
