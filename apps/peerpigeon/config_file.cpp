#include "apps/peerpigeon/config_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include <sys/stat.h>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/support/quote.hpp"
#include "apps/support/suggestion.hpp"

namespace peerpigeon {

namespace {

namespace json = boost::json;
using apps::quote;
using apps::ValueKind;
using pigeon::Result;
using pigeon::Unexpected;

/// Keys of upstream's config.json for what does not exist here.
constexpr std::array<std::string_view, 1> upstream_keys = {"enableWebDHT"};

/// A value as a user would write it behind a flag; nothing for lists, objects and fractions.
std::optional<std::string> text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  return std::nullopt;
}

std::string unknown_key(std::string_view name, std::string_view key) {
  std::vector<std::string_view> known;
  for (const SettingSpec& setting : setting_table()) known.push_back(setting.key);
  const auto meant = apps::suggest(key, known);
  return fmt::format("{}: {} is not used{}", name, quote(key),
                     meant ? fmt::format("; did you mean {}?", *meant) : "");
}

/// Sizes and times keep their units; counts and yes or no are what JSON has for them.
json::value json_of(const SettingSpec& setting, const apps::OptionValue& value) {
  if (setting.rule.kind == ValueKind::count) return std::get<std::uint64_t>(value);
  if (setting.rule.kind == ValueKind::yes_no) return std::get<std::uint64_t>(value) != 0;
  const std::string text = format_value(setting.rule, value);
  // Another folder's file of that name would be another peer's.
  const bool is_path = setting.rule.kind == ValueKind::path && !text.empty();
  return json::value(is_path ? std::filesystem::absolute(text).native() : text);
}

SettingsError file_error(std::string_view verb, const std::filesystem::path& path) {
  return {fmt::format("cannot {} {}: {}", verb, quote(path.native(), 4096), std::strerror(errno))};
}

}  // namespace

Result<std::vector<std::string>, SettingsError> read_config_file(const std::filesystem::path& path,
                                                                 Settings& settings) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::vector<std::string>();
  std::ifstream file(path, std::ios::binary);
  std::string text(config_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) return Unexpected(file_error("read", path));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return apply_config(text, path.native(), settings);
}

Result<std::vector<std::string>, SettingsError> apply_config(std::string_view text,
                                                             std::string_view name,
                                                             Settings& settings) {
  if (text.size() > config_bytes_max) {
    return Unexpected(
        SettingsError{fmt::format("{} has more than {} bytes", name, config_bytes_max)});
  }
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error);
  if (error || !parsed.is_object()) {
    return Unexpected(SettingsError{
        fmt::format("{} is not a JSON object{}. Repair it, or delete it and run peerpigeon init",
                    name, error ? " (" + error.message() + ")" : "")});
  }
  std::vector<std::string> warnings;
  for (const auto& [key, value] : parsed.get_object()) {
    const std::string_view written(key.data(), key.size());
    const auto setting = std::ranges::find(setting_table(), written, &SettingSpec::key);
    if (setting == setting_table().end()) {
      const bool known = std::ranges::find(upstream_keys, written) != upstream_keys.end();
      if (!known) warnings.push_back(unknown_key(name, written));
      continue;
    }
    // Upstream writes null for an id that was not chosen.
    if (value.is_null()) continue;
    const auto given = text_of(value);
    const auto read = given ? parse_value(setting->rule, *given)
                            : Unexpected(SettingsError{"must be a text, a whole number or a bool"});
    if (!read) {
      return Unexpected(
          SettingsError{fmt::format("{}, {}: {}", name, setting->key, read.error().message)});
    }
    setting->access.set(settings, *read);
  }
  return warnings;
}

std::string config_text(const Settings& settings) {
  std::string text;
  for (const SettingSpec& setting : setting_table()) {
    text += fmt::format("{}  {}: {}", text.empty() ? "{\n" : ",\n",
                        json::serialize(json::value(setting.key)),
                        json::serialize(json_of(setting, setting.access.get(settings))));
  }
  return text + "\n}\n";
}

Result<void, SettingsError> write_config_file(const std::filesystem::path& path,
                                              const Settings& settings) {
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  if (failure) {
    return Unexpected(
        SettingsError{fmt::format("cannot make the folder {}: {}",
                                  quote(path.parent_path().native(), 4096), failure.message())});
  }
  std::filesystem::path fresh = path;
  fresh += ".new";
  const ::mode_t former = ::umask(0077);
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  ::umask(former);
  file << config_text(settings);
  file.close();
  if (file.fail()) return Unexpected(file_error("write", fresh));
  std::filesystem::rename(fresh, path, failure);
  if (failure) return Unexpected(file_error("write", path));
  return {};
}

}  // namespace peerpigeon
