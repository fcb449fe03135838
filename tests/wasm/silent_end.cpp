// The standard library prints why it ends the program. A module without imports has nowhere to
// print to, so it only ends; without these two functions it would bring in all of stdio.

// The name is LLVM's.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

#include <version>

extern "C" [[noreturn]] void __abort_message(const char* /*format*/, ...) { __builtin_trap(); }

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char* /*format*/, ...) noexcept { __builtin_trap(); }
_LIBCPP_END_NAMESPACE_STD

// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
