#include <fmt/format.h>

#include "apps/peerpigeon/command_names.hpp"
#include "apps/peerpigeon/invocation.hpp"

namespace peerpigeon {

namespace {

constexpr std::string_view introduction =
    R"(peerpigeon - a peer of the mesh at the command line.

Usage: peerpigeon [options] [command]

Commands
)";

constexpr std::string_view examples = R"(
Examples
  peerpigeon demo                              a hub and five peers to play with
  peerpigeon                                   join the hub on this machine, and chat
  peerpigeon join wss://hub.example.org --json
  peerpigeon dm 3f2a91c0 see you at eight
  peerpigeon send-file 3f2a91c0 report.pdf
  peerpigeon doctor wss://hub.example.org      find out why there is no connection

Options. A flag counts more than a variable, a variable more than config.json, which lies in
$PEERPIGEON_HOME, or ~/.peerpigeon, and is written by init. Sizes are written 65536, 64KiB or 4MiB;
times 250ms, 20s or 5min. Nobody outside this machine is contacted unless named here.

)";

constexpr std::string_view ending = R"(  -h, --help, --version
        Print this text, or the version.
  --json
        Print one JSON object a line, each with its kind as `event`.
  -p, --port NUMBER, --host HOST, --max-connections NUMBER, -f, --force
        For server and demo: where the hub listens and how many it takes; for server-status: whom to
        ask. --force starts a server without asking first whether one is there. For server,
        --max-peers means the same as --max-connections.
  -i, --interactive
        For init: chat when it is done.
  --no-auto-discovery, --enable-crypto, --webdht, --enable-webdht
        Options of the JavaScript program: the same as --auto-discovery no and --crypto yes; the
        last two have no effect, as there is no DHT here yet.

Exit status: 0 done; 1 failed: not reached, not confirmed, not found; 2 wrong options or arguments;
130 interrupted by Ctrl+C before it was done. Commands that run until Ctrl+C end with 0 then.
)";

std::string describe(const SettingSpec& setting) {
  const std::string value = format_value(setting.rule, setting.access.get(Settings{}));
  std::string_view shorter;
  if (setting.flag == "--url") shorter = "-u, ";
  if (setting.flag == "--debug") shorter = "-d, ";
  return fmt::format("  {}{} {}\n        {}\n        {} Variable {}, key {}.\n", shorter,
                     setting.flag, placeholder(setting.rule.kind), setting.help,
                     value.empty() ? "Empty by default." : fmt::format("Default {}.", value),
                     setting.variable, setting.key);
}

}  // namespace

std::string help_text() {
  std::string text(introduction);
  for (const CommandName& name : command_names()) {
    const std::string written = fmt::format("{} {}", name.name, name.arguments);
    text += fmt::format("  {:<20} {}\n", written, name.help);
  }
  text += examples;
  for (const SettingSpec& setting : setting_table()) text += describe(setting);
  return text + std::string(ending);
}

}  // namespace peerpigeon
