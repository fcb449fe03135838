#include "tests/interop/node/peer/command_line.hpp"

#include <charconv>
#include <optional>
#include <string_view>

namespace pigeon::interop {
namespace {

std::optional<std::size_t> read_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> read_switch(std::string_view text) {
  if (text == "on") return true;
  if (text == "off") return false;
  return std::nullopt;
}

std::optional<TrustPolicy> read_trust(std::string_view text) {
  if (text == "open") return TrustPolicy::open;
  if (text == "prefer_verified") return TrustPolicy::prefer_verified;
  if (text == "verified_only") return TrustPolicy::verified_only;
  return std::nullopt;
}

template <class Value>
bool assign(Value& field, std::optional<Value> value) {
  if (value) field = *value;
  return value.has_value();
}

bool set(NodeOptions& options, std::string_view name, std::string_view value) {
  if (name == "--id") return assign(options.peer_id, std::optional(std::string(value)));
  if (name == "--identity-file") {
    return assign(options.identity_file, std::optional(std::string(value)));
  }
  if (name == "--network") return assign(options.network, std::optional(std::string(value)));
  if (name == "--max-peers") return assign(options.max_peers, read_number(value));
  if (name == "--min-peers") return assign(options.min_peers, read_number(value));
  if (name == "--trust") return assign(options.trust, read_trust(value));
  if (name == "--auto-discovery") return assign(options.auto_discovery, read_switch(value));
  if (name == "--eviction") return assign(options.eviction_strategy, read_switch(value));
  if (name == "--crypto") return assign(options.enable_crypto, read_switch(value));
  return false;
}

}  // namespace

Result<NodeOptions, std::string> read_command_line(int count, char** arguments) {
  NodeOptions options;
  for (int i = 1; i < count; i += 2) {
    const std::string_view value = i + 1 < count ? arguments[i + 1] : "";
    if (!set(options, arguments[i], value)) {
      return Unexpected("Cannot use " + std::string(arguments[i]) + " '" + std::string(value) +
                        "'.");
    }
  }
  return options;
}

}  // namespace pigeon::interop
