# Every target of the project is made by one of these functions, so that language level, warnings,
# sanitizers, install and export are written once.

find_program(PIGEON_CCACHE ccache)

function(pigeon_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF C_STANDARD 11 C_STANDARD_REQUIRED ON)
  if(NOT PIGEON_WASM)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
  if(PIGEON_CCACHE)
    # Paths relative to the project, so that another clone finds what this one compiled.
    set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
                 ${PIGEON_CCACHE})
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER "${launcher}"
                                               C_COMPILER_LAUNCHER "${launcher}")
  endif()
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Werror
    # A designated initializer that leaves fields at their defaults is our way to write options.
    -Wno-missing-field-initializers
    # GCC 12 warns about its own std::string and std::variant code at -O2 and under sanitizers.
    # TSan knows no fences; Asio uses one.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized -Wno-tsan>)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    # simdjson chooses its on-demand kernel at compile time; this level is common since 2009.
    target_compile_options(${target} PRIVATE -march=x86-64-v2 -mpclmul)
  endif()
  if(PIGEON_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${PIGEON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${PIGEON_SANITIZE})
  endif()
  if(PIGEON_BUILD_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# pigeon_add_library(pigeon_core EXPORT_NAME core SOURCES ... [TESTS ...] [PUBLIC_LINK ...]
#                    [PRIVATE_LINK ...] [TEST_LINK ...] [NOT_INSTALLED] [CORE])
#
# A static library out of src/. TESTS are the unit tests beside the sources; they become one program
# `<target>_test`. The public headers are installed with the first library. NOT_INSTALLED is for
# libraries that only tests use. CORE is for those without an operating system: only they are built
# for WebAssembly.
function(pigeon_add_library target)
  cmake_parse_arguments(ARG "NOT_INSTALLED;CORE" "EXPORT_NAME"
    "SOURCES;TESTS;PUBLIC_LINK;PRIVATE_LINK;TEST_LINK" ${ARGN})
  if(PIGEON_WASM AND NOT ARG_CORE)
    return()
  endif()
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(pigeon::${ARG_EXPORT_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_EXPORT_NAME})
  pigeon_configure_target(${target})
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
           $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC_LINK} PRIVATE ${ARG_PRIVATE_LINK})
  if(NOT ARG_NOT_INSTALLED)
    install(TARGETS ${target} EXPORT pigeon_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
  if(PIGEON_BUILD_UNIT_TESTS AND ARG_TESTS)
    pigeon_add_unit_test(${target}_test SOURCES ${ARG_TESTS} LINK ${target} ${ARG_TEST_LINK})
  endif()
endfunction()

# pigeon_add_unit_test(name SOURCES ... LINK ...)
function(pigeon_add_unit_test target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  pigeon_configure_target(${target})
  # Half of the time of compiling is spared: their own lines run once, and these checks guard every
  # access and mostly see what AddressSanitizer sees.
  target_compile_options(${target} PRIVATE
    $<$<CONFIG:Debug>:-O0> -fno-sanitize=null,alignment,vptr)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${ARG_LINK} GTest::gmock_main)
  gtest_discover_tests(${target} PROPERTIES LABELS unit TIMEOUT 300
    DISCOVERY_TIMEOUT 60)
endfunction()

# pigeon_add_program(name SOURCES ... LINK ...)
function(pigeon_add_program target)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  pigeon_configure_target(${target})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${ARG_LINK})
endfunction()
