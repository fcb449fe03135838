# Toolchain: WebAssembly with Debian's clang, wasi-libc and libc++. Used by the preset `wasm`.

set(PIGEON_LLVM 22 CACHE STRING "Major version of LLVM, as in clang++-22")
# For CMake's own small test projects, too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PIGEON_LLVM)

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(PIGEON_WASM TRUE)

set(CMAKE_CXX_COMPILER clang++-${PIGEON_LLVM})
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
# GNU ar makes archives without an index of WebAssembly's symbols.
set(CMAKE_AR /usr/lib/llvm-${PIGEON_LLVM}/bin/llvm-ar)
set(CMAKE_RANLIB /usr/lib/llvm-${PIGEON_LLVM}/bin/llvm-ranlib)

# What the core must do without. A source that throws or asks for types does not compile. LLVM calls
# this target by a new name, under which Debian has no libraries, and warns of the old one.
set(CMAKE_CXX_FLAGS_INIT "-fno-exceptions -fno-rtti -Wno-deprecated")
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# The headers and libraries of this machine's own programs are of no use here.
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
