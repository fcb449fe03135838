#include "apps/peerpigeon/command_names.hpp"

#include <array>
#include <limits>

namespace peerpigeon {

namespace {

constexpr std::size_t many = std::numeric_limits<std::size_t>::max();

// clang-format off
constexpr auto names = std::to_array<CommandName>({
    {"interactive", Command::interactive, "",
     "Join, then chat at a prompt. This is what happens without a command.", 0, 0, false},
    {"init", Command::init, "",
     "Write config.json with the settings given, and a key file, so that the id stays.", 0, 0,
     false},
    {"join", Command::join, "[URL]",
     "Join and print what happens, until Ctrl+C.", 0, 1, false},
    {"connect", Command::join, "[URL]", "The same as join.", 0, 1, false},
    {"send", Command::send, "WORDS",
     "Join, wait for a peer, send the words to all, and end.", 1, many, false},
    {"dm", Command::dm, "ID WORDS",
     "Send the words to one peer, wait until it confirms, and show its answer. ID may be "
     "shortened.", 2, many, false},
    {"send-file", Command::send_file, "ID FILE",
     "Send a file to one peer, over a direct link; one that broke off goes on where it stopped, "
     "if the id stays (init) and the other side still runs. With the word all instead of an ID, to "
     "everybody who is there: for small ones, as they cross every link.", 2, 2, false},
    {"peers", Command::peers, "",
     "Join briefly and list the links, and the peers known besides; that is not everybody.", 0, 0,
     false},
    {"status", Command::status, "", "Join briefly and tell how the peer is doing.", 0, 0, false},
    {"server", Command::server, "",
     "Run a hub. All its options: pigeonhub --help.", 0, 0, true},
    {"server-status", Command::server_status, "",
     "Ask a hub how it is doing: that of --url, or of --host and --port.", 0, 0, true},
    {"demo", Command::demo, "[N]",
     "Run a hub and N peers (5) that form a mesh and answer, until Ctrl+C.", 0, 1, true},
    {"doctor", Command::doctor, "[URL]",
     "Find out why there is no connection, step by step.", 0, 1, false},
    {"help", Command::help, "", "Print this text.", 0, many, false},
});
// clang-format on

}  // namespace

std::span<const CommandName> command_names() { return names; }

}  // namespace peerpigeon
