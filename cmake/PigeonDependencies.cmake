# Third-party libraries, all from Debian 12 (packaging/debian-packages.txt).

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url json)
find_package(simdjson 3.0 REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
if(PIGEON_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
