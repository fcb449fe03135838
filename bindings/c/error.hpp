#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "pigeon/id.hpp"
#include "pigeon/node_status.hpp"
#include "pigeon/pigeon.h"
#include "pigeon/result.hpp"

struct pigeon_error {
  pigeon_error_kind kind{};
  std::string message;
};

namespace pigeon::c {

/// What a call gives that has nothing to return but an error.
using Done = Result<void, NodeError>;

/// Gives the error to the caller, if it wants one and there is memory for it.
pigeon_error_kind fail(pigeon_error** error, pigeon_error_kind kind,
                       std::string_view message) noexcept;
/// The C name of a kind.
pigeon_error_kind kind_of(NodeErrorKind kind);

/// An argument is NULL that must not be.
Unexpected<NodeError> missing(std::string_view argument);
/// Another reason why an argument cannot be used: a sentence.
Unexpected<NodeError> bad_argument(std::string_view message);
/// Reads a peer's name. `argument` is what the error calls it.
Result<PeerId, NodeError> read_peer(const char* text, std::string_view argument);

/// Makes the call and turns its error, and whatever it throws, into one for C.
template <class Call>
pigeon_error_kind guard(pigeon_error** error, Call call) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    const Done done = call();
    if (done) return PIGEON_OK;
    return fail(error, kind_of(done.error().kind), done.error().message);
  } catch (const std::exception& thrown) {
    return fail(error, PIGEON_FAILED, thrown.what());
  } catch (...) {
    return fail(error, PIGEON_FAILED, "An exception of an unknown type was thrown.");
  }
}

/// A text that may be NULL.
inline std::string text_or_empty(const char* text) { return text != nullptr ? text : ""; }

}  // namespace pigeon::c
