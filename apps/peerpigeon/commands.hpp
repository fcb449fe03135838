#pragma once

#include "apps/peerpigeon/console.hpp"
#include "apps/peerpigeon/invocation.hpp"

namespace peerpigeon {

// The commands. Each returns the program's exit status.

int run_init(const Invocation& invocation, Console& console);
int run_join(const Invocation& invocation, Console& console);
int run_send(const Invocation& invocation, Console& console);
int run_direct_message(const Invocation& invocation, Console& console);
int run_send_file(const Invocation& invocation, Console& console);
int run_peers(const Invocation& invocation, Console& console);
int run_status(const Invocation& invocation, Console& console);
int run_interactive(const Invocation& invocation, Console& console);
int run_server(const Invocation& invocation, Console& console);
int run_server_status(const Invocation& invocation, Console& console);
int run_demo(const Invocation& invocation, Console& console);
int run_doctor(const Invocation& invocation, Console& console);

}  // namespace peerpigeon
