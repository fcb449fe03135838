#include "apps/pigeonhub/help.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "apps/pigeonhub/option_table.hpp"

namespace pigeonhub {
namespace {

constexpr std::size_t column_max = 96;
constexpr std::string_view indent = "        ";

constexpr std::string_view introduction =
    R"(pigeonhub - a signaling hub: PeerPigeon clients meet through it and then talk directly.

Usage: pigeonhub [options] [<port> [<nodeId>]]

Examples:
  pigeonhub                                    on http://localhost:3000, this machine only
  pigeonhub --host 0.0.0.0 --port 8080         for everybody who can reach this machine
  pigeonhub --host 0.0.0.0 --port 443 --certificate-file chain.pem --key-file key.pem
  pigeonhub --check > hub.toml                 write down all options with their defaults
  pigeonhub --config hub.toml                  start with the options of that file

Each option can be set by its flag, by its environment variable or by its key in a TOML file.
A flag counts more than a variable, a variable more than the file. Sizes are written 65536, 64KiB
or 4MiB; times 250ms, 20s or 5min; rates 600/min or 10/s, where 0 means no limit.

General
  -h, --help
        Print this text.
  --version
        Print the version.
  --check
        Check names, syntax and bounds of all options, print them as a TOML file and exit.
  --config FILE
        Read options from this TOML file.
        Variable PIGEONHUB_CONFIG.
)";

constexpr std::string_view ending = R"(
Signals:
  SIGINT, SIGTERM   close all connections over --drain-window, then exit; a second one: at once
  SIGHUP            read certificate and key again; open connections keep the old ones

Exit status: 0 after an orderly stop, 1 if the hub cannot start, does not stop in time or cannot
print, 2 if an option is wrong, 128 and the signal's number after a second signal.
)";

struct SectionTitle {
  std::string_view section;
  std::string_view title;
};
constexpr auto section_titles = std::to_array<SectionTitle>({
    {"", "Identity and answers"},
    {"listen", "Listening"},
    {"limits", "Limits"},
    {"introductions", "Introductions"},
    {"liveness", "Dead connections, stopping"},
    {"log", "Log, written to standard error"},
});

std::string_view section_of(const OptionSpec& option) {
  const auto dot = option.key.find('.');
  return dot == std::string_view::npos ? "" : option.key.substr(0, dot);
}

std::string_view name_in_section(const OptionSpec& option) {
  return option.key.substr(option.key.rfind('.') + 1);
}

/// `text` broken between words into indented lines.
std::string wrap(std::string_view text, std::string_view before_each_line) {
  std::string wrapped;
  std::string line(before_each_line);
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool first = line.size() == before_each_line.size();
    if (!first && line.size() + 1 + word.size() > column_max) {
      wrapped += line + "\n";
      line = std::string(before_each_line) + std::string(word);
    } else {
      line += first ? "" : " ";
      line += word;
    }
  }
  return wrapped + line + "\n";
}

std::string describe(const OptionSpec& option) {
  const std::string value = format_value(option.rule, option.access.get(Settings{}));
  const std::string default_note =
      value.empty() ? "Empty by default." : fmt::format("Default {}.", value);
  return fmt::format("  {} {}\n", option.flag, placeholder(option.rule.kind)) +
         wrap(option.help, indent) +
         wrap(fmt::format("{} Variable {}, key {}.", default_note, option.variable, option.key),
              indent);
}

std::string toml_value(const OptionSpec& option, const OptionValue& value) {
  std::string text = format_value(option.rule, value);
  if (option.rule.kind == ValueKind::count) return text;
  if (option.rule.kind == ValueKind::yes_no) return text == "yes" ? "true" : "false";
  std::string quoted;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\u{:04x}", byte);
    } else {
      quoted += c;
    }
  }
  return "\"" + quoted + "\"";
}

}  // namespace

std::string help_text() {
  std::string text(introduction);
  for (const auto& [section, title] : section_titles) {
    text += fmt::format("\n{}\n", title);
    for (const OptionSpec& option : option_table()) {
      if (section_of(option) == section) text += describe(option);
    }
  }
  return text + std::string(ending);
}

std::string settings_as_toml(const Settings& settings) {
  std::string text;
  for (const auto& [section, title] : section_titles) {
    if (!section.empty()) text += fmt::format("\n[{}]\n", section);
    for (const OptionSpec& option : option_table()) {
      if (section_of(option) != section) continue;
      text += wrap(option.help, "# ");
      text += fmt::format("{} = {}\n", name_in_section(option),
                          toml_value(option, option.access.get(settings)));
    }
  }
  return text;
}

}  // namespace pigeonhub
