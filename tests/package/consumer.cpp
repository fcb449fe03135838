// Starts and stops a hub of the installed library.

#include <cstdio>

#include <pigeon/hub.hpp>
#include <pigeon/version.hpp>

int main() {
  auto hub = pigeon::Hub::create({.listen = {.port = 0}});
  if (!hub) return 1;
  const auto address = hub->start();
  if (!address) return 1;
  std::printf("pigeon %s on %s:%u\n", PIGEON_VERSION, address->host.c_str(), address->port);
  hub->stop();
  return 0;
}
