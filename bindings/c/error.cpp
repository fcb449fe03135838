#include "bindings/c/error.hpp"

#include <new>

#include "pigeon/version.hpp"

namespace pigeon::c {

pigeon_error_kind fail(pigeon_error** error, pigeon_error_kind kind,
                       std::string_view message) noexcept {
  if (error == nullptr) return kind;
  try {
    *error = new pigeon_error{kind, std::string(message)};
  } catch (const std::bad_alloc&) {
    *error = nullptr;
  }
  return kind;
}

pigeon_error_kind kind_of(NodeErrorKind kind) {
  switch (kind) {
    case NodeErrorKind::bad_argument:
      return PIGEON_BAD_ARGUMENT;
    case NodeErrorKind::not_connected:
      return PIGEON_NOT_CONNECTED;
    case NodeErrorKind::unknown_peer:
      return PIGEON_UNKNOWN_PEER;
    case NodeErrorKind::too_large:
      return PIGEON_TOO_LARGE;
    case NodeErrorKind::busy:
      return PIGEON_BUSY;
    case NodeErrorKind::not_running:
      return PIGEON_NOT_RUNNING;
    case NodeErrorKind::unknown_group:
      return PIGEON_UNKNOWN_GROUP;
    case NodeErrorKind::undecipherable:
      return PIGEON_UNDECIPHERABLE;
  }
  return PIGEON_FAILED;
}

Unexpected<NodeError> missing(std::string_view argument) {
  return bad_argument(std::string(argument) + " must not be NULL.");
}

Unexpected<NodeError> bad_argument(std::string_view message) {
  return Unexpected(NodeError{NodeErrorKind::bad_argument, std::string(message)});
}

Result<PeerId, NodeError> read_peer(const char* text, std::string_view argument) {
  if (text == nullptr) return missing(argument);
  const auto peer = PeerId::parse(text);
  if (!peer) return bad_argument(std::string(argument) + " must be 40 hexadecimal digits.");
  return *peer;
}

}  // namespace pigeon::c

const char* pigeon_version(void) { return PIGEON_VERSION; }

int pigeon_abi_version(void) { return PIGEON_ABI_VERSION; }

pigeon_error_kind pigeon_error_get_kind(const pigeon_error* error) {
  return error != nullptr ? error->kind : PIGEON_OK;
}

const char* pigeon_error_message(const pigeon_error* error) {
  return error != nullptr ? error->message.c_str() : "";
}

void pigeon_error_free(pigeon_error* error) { delete error; }
