# Third-party libraries, all from Debian 12 (packaging/debian-packages.txt).

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url json)
find_package(simdjson 3.0 REQUIRED)
find_package(spdlog REQUIRED)
# ThreadSanitizer sees only what it has compiled, and the built library shares what threads write.
set(PIGEON_SPDLOG spdlog::spdlog)
if(PIGEON_SANITIZE STREQUAL "thread")
  set(PIGEON_SPDLOG spdlog::spdlog_header_only)
endif()
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
if(PIGEON_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
