#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/peerpigeon/settings.hpp"
#include "apps/support/environment.hpp"

namespace peerpigeon {

/// What the user wants the program to do.
enum class Command {
  interactive,
  init,
  join,
  send,
  dm,
  send_file,
  peers,
  status,
  server,
  server_status,
  demo,
  doctor,
  help,
  version,
};

/// Flags of the commands that run a hub or ask one.
struct HubFlags {
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> max_connections;
  bool force = false;
};

/// A command with everything that was chosen for it.
struct Invocation {
  Command command = Command::interactive;
  /// What stands after the command.
  std::vector<std::string> arguments;
  Settings settings;
  /// The URL was named in the command line.
  bool has_url = false;
  HubFlags hub;
  bool json = false;
  /// For init: chat when it is done.
  bool stays_interactive = false;
  /// How this program is called, for sentences that name the next command.
  std::string program = "peerpigeon";
  /// Folder of config.json, history and downloads.
  std::filesystem::path home;
  /// Sentences for the user: what was given and is not used.
  std::vector<std::string> warnings;
};

/// Gathers the settings: flags before environment variables before config.json before defaults.
/// The error is a sentence that names the place and the next step.
pigeon::Result<Invocation, SettingsError> read_invocation(std::span<const std::string> arguments,
                                                          const apps::Environment& environment);

/// $PEERPIGEON_HOME, or `.peerpigeon` in the home folder.
std::filesystem::path home_folder(const apps::Environment& environment);

/// The folder that received files go to.
std::filesystem::path download_folder(const Invocation& invocation);

/// What `--help` prints.
std::string help_text();

}  // namespace peerpigeon
