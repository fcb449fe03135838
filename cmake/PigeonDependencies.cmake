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
# It comes without a package for CMake.
find_path(PIGEON_LIBEDIT_INCLUDE histedit.h REQUIRED)
find_library(PIGEON_LIBEDIT edit REQUIRED)
add_library(pigeon_libedit INTERFACE)
target_include_directories(pigeon_libedit SYSTEM INTERFACE ${PIGEON_LIBEDIT_INCLUDE})
target_link_libraries(pigeon_libedit INTERFACE ${PIGEON_LIBEDIT})
if(PIGEON_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
