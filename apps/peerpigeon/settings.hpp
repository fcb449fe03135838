#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "apps/support/field_access.hpp"
#include "pigeon/node_options.hpp"

namespace peerpigeon {

using apps::SettingsError;

/// How much is told. The names of the setting's choices are in this order.
enum class Verbosity { off, error, warn, info, debug, trace };

/// What a user can choose about a peer, wherever it is chosen.
struct Settings {
  /// Of this machine: nobody else is ever asked unless named.
  std::string url = "ws://localhost:3000";
  /// Separated by commas.
  std::string ice_servers;
  /// Addresses that links can be reached on, separated by commas; empty: all but loopback.
  std::string addresses;
  /// Where received files go; empty: `downloads` in the folder of the program's files.
  std::string download_folder;
  /// Bytes of a file that is accepted.
  std::uint64_t file_bytes_max = std::uint64_t{1} << 30U;
  /// How long a command that ends by itself waits for the mesh.
  std::chrono::milliseconds timeout{20'000};
  Verbosity debug = Verbosity::info;
  /// Its first line is the password that locks the key file; empty: that is not locked.
  std::string identity_password_file;
  pigeon::NodeOptions node;
};

/// One thing that can be chosen, and all the names it has.
struct SettingSpec {
  /// In config.json, as upstream names it if it does.
  std::string_view key;
  std::string_view flag;
  std::string_view variable;
  std::string_view help;
  apps::ValueRule rule;
  apps::FieldAccess<Settings> access;
};

/// Every setting; the one place where one is defined.
std::span<const SettingSpec> setting_table();

/// What the rules of single settings do not see; the error is a sentence.
pigeon::Result<void, SettingsError> check(const Settings& settings);

/// The options of a node that these settings mean.
pigeon::NodeOptions node_options(const Settings& settings);

/// True if the URL leads to this machine.
bool is_local(std::string_view url);

}  // namespace peerpigeon
