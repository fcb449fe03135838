#include "bindings/c/options.hpp"

#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <type_traits>

#include "bindings/c/error.hpp"

namespace pigeon::c {

namespace {

std::string* text_field(NodeOptions& options, pigeon_text_option option) {
  switch (option) {
    case PIGEON_TEXT_PEER_ID:
      return &options.peer_id;
    case PIGEON_TEXT_IDENTITY_FILE:
      return &options.identity_file;
    case PIGEON_TEXT_NETWORK:
      return &options.network;
    case PIGEON_TEXT_TRUSTED_CERTIFICATES_FILE:
      return &options.trusted_certificates_file;
    case PIGEON_TEXT_IDENTITY_PASSWORD:
      return &options.identity_password;
  }
  return nullptr;
}

bool* flag_field(NodeOptions& options, pigeon_flag_option option) {
  switch (option) {
    case PIGEON_FLAG_ALLOW_GLOBAL_FALLBACK:
      return &options.allow_global_fallback;
    case PIGEON_FLAG_AUTO_DISCOVERY:
      return &options.auto_discovery;
    case PIGEON_FLAG_EVICTION_STRATEGY:
      return &options.eviction_strategy;
    case PIGEON_FLAG_XOR_ROUTING:
      return &options.xor_routing;
    case PIGEON_FLAG_ENABLE_CRYPTO:
      return &options.enable_crypto;
    case PIGEON_FLAG_USE_LOOPBACK:
      return &options.addresses.use_loopback;
    case PIGEON_FLAG_SHARES_SOCKETS:
      return &options.addresses.shares_sockets;
  }
  return nullptr;
}

Done too_great() { return bad_argument("The value is too great for this option."); }

/// Writes the number if the field can hold it.
template <class Field>
Done assign(Field& field, std::uint64_t value) {
  if constexpr (std::is_integral_v<Field>) {
    if (value > std::numeric_limits<Field>::max()) return too_great();
    field = static_cast<Field>(value);
  } else {
    // A duration; its own bound comes later.
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    if (value > most) return too_great();
    field = Field(static_cast<typename Field::rep>(value));
  }
  return {};
}

Done set_number(NodeOptions& options, pigeon_number_option option, std::uint64_t value) {
  NodeLimits& limits = options.limits;
  switch (option) {
    case PIGEON_NUMBER_MAX_PEERS:
      return assign(options.max_peers, value);
    case PIGEON_NUMBER_MIN_PEERS:
      return assign(options.min_peers, value);
    case PIGEON_NUMBER_PORT:
      return assign(options.addresses.port, value);
    case PIGEON_NUMBER_MESSAGE_BYTES_MAX:
      return assign(limits.message_bytes_max, value);
    case PIGEON_NUMBER_MESSAGES_PER_SECOND:
      return assign(limits.messages_per_second, value);
    case PIGEON_NUMBER_MESSAGES_BURST:
      return assign(limits.messages_burst, value);
    case PIGEON_NUMBER_BYTES_PER_SECOND:
      return assign(limits.bytes_per_second, value);
    case PIGEON_NUMBER_BYTES_BURST:
      return assign(limits.bytes_burst, value);
    case PIGEON_NUMBER_SEND_BUFFER_MAX:
      return assign(limits.send_buffer_max, value);
    case PIGEON_NUMBER_STALLED_TIME_MAX_MS:
      return assign(limits.stalled_time_max, value);
    case PIGEON_NUMBER_DISCOVERED_MAX:
      return assign(limits.discovered_max, value);
    case PIGEON_NUMBER_SEEN_COUNT_MAX:
      return assign(limits.seen_count_max, value);
    case PIGEON_NUMBER_PARKED_COUNT_MAX:
      return assign(limits.parked_count_max, value);
    case PIGEON_NUMBER_STREAMS_PER_PEER_MAX:
      return assign(limits.streams_per_peer_max, value);
    case PIGEON_NUMBER_STREAM_BYTES_MAX:
      return assign(limits.stream_bytes_max, value);
  }
  return bad_argument("There is no such option.");
}

Done set_trust(NodeOptions& options, pigeon_trust_policy trust) {
  switch (trust) {
    case PIGEON_TRUST_OPEN:
      options.trust = TrustPolicy::open;
      return {};
    case PIGEON_TRUST_PREFER_VERIFIED:
      options.trust = TrustPolicy::prefer_verified;
      return {};
    case PIGEON_TRUST_VERIFIED_ONLY:
      options.trust = TrustPolicy::verified_only;
      return {};
  }
  return bad_argument("There is no such trust policy.");
}

/// Makes the change to options that are there.
template <class Change>
pigeon_error_kind change_options(pigeon_node_options* options, pigeon_error** error,
                                 Change change) noexcept {
  return guard(error, [&]() -> Done {
    if (options == nullptr) return missing("options");
    return change(options->options);
  });
}

}  // namespace

}  // namespace pigeon::c

using pigeon::NodeOptions;
using pigeon::c::Done;

pigeon_node_options* pigeon_node_options_create(void) {
  try {
    return new pigeon_node_options;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void pigeon_node_options_destroy(pigeon_node_options* options) { delete options; }

pigeon_error_kind pigeon_node_options_set_text(pigeon_node_options* options,
                                               pigeon_text_option option, const char* value,
                                               pigeon_error** error) {
  return pigeon::c::change_options(options, error, [&](NodeOptions& to) -> Done {
    if (value == nullptr) return pigeon::c::missing("value");
    std::string* field = pigeon::c::text_field(to, option);
    if (field == nullptr) return pigeon::c::bad_argument("There is no such option.");
    pigeon::c::wipe(*field);
    *field = value;
    return {};
  });
}

pigeon_error_kind pigeon_node_options_set_flag(pigeon_node_options* options,
                                               pigeon_flag_option option, bool value,
                                               pigeon_error** error) {
  return pigeon::c::change_options(options, error, [&](NodeOptions& to) -> Done {
    bool* field = pigeon::c::flag_field(to, option);
    if (field == nullptr) return pigeon::c::bad_argument("There is no such option.");
    *field = value;
    return {};
  });
}

pigeon_error_kind pigeon_node_options_set_number(pigeon_node_options* options,
                                                 pigeon_number_option option, uint64_t value,
                                                 pigeon_error** error) {
  return pigeon::c::change_options(
      options, error, [&](NodeOptions& to) { return pigeon::c::set_number(to, option, value); });
}

pigeon_error_kind pigeon_node_options_set_trust(pigeon_node_options* options,
                                                pigeon_trust_policy trust, pigeon_error** error) {
  return pigeon::c::change_options(
      options, error, [&](NodeOptions& to) { return pigeon::c::set_trust(to, trust); });
}

pigeon_error_kind pigeon_node_options_add_ice_server(pigeon_node_options* options, const char* url,
                                                     const char* username, const char* credential,
                                                     pigeon_error** error) {
  return pigeon::c::change_options(options, error, [&](NodeOptions& to) -> Done {
    if (url == nullptr) return pigeon::c::missing("url");
    to.ice_servers.push_back({.url = url,
                              .username = pigeon::c::text_or_empty(username),
                              .credential = pigeon::c::text_or_empty(credential)});
    return {};
  });
}

pigeon_error_kind pigeon_node_options_add_address(pigeon_node_options* options, const char* address,
                                                  pigeon_error** error) {
  return pigeon::c::change_options(options, error, [&](NodeOptions& to) -> Done {
    if (address == nullptr) return pigeon::c::missing("address");
    to.addresses.addresses.emplace_back(address);
    return {};
  });
}
