# Third-party code of the cores, in a form that can be built for WebAssembly.

# Boost's headers, and none beside them: those of the C library in the same folder are another's.
if(NOT EXISTS /usr/include/boost/version.hpp)
  message(FATAL_ERROR "Boost's headers are missing: install the packages of "
                      "packaging/debian-packages.txt with tools/install_packages.sh test.")
endif()
set(boost_root ${PROJECT_BINARY_DIR}/third_party)
file(MAKE_DIRECTORY ${boost_root})
file(CREATE_LINK /usr/include/boost ${boost_root}/boost SYMBOLIC)
add_library(Boost::headers INTERFACE IMPORTED)
target_include_directories(Boost::headers SYSTEM INTERFACE ${boost_root})

# Debian has simdjson's header and a library for its own machines; npm has the source.
set(simdjson_root ${PROJECT_SOURCE_DIR}/tests/wasm/node_modules/@nozbe/simdjson/src)
if(NOT EXISTS ${simdjson_root}/simdjson.cpp)
  message(FATAL_ERROR "simdjson's source is missing: run npm ci in tests/wasm.")
endif()
add_library(simdjson STATIC ${simdjson_root}/simdjson.cpp)
add_library(simdjson::simdjson ALIAS simdjson)
target_compile_features(simdjson PUBLIC cxx_std_20)
target_compile_options(simdjson PRIVATE -w)
target_include_directories(simdjson SYSTEM PUBLIC ${simdjson_root})
