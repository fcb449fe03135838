#pragma once

/// Part of `pigeon/pigeon.h`: its version, and why a function did nothing.

// This is C.
// NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers)

#if defined(__GNUC__)
#define PIGEON_API __attribute__((visibility("default")))
#else
#define PIGEON_API
#endif

#ifdef __cplusplus
/// An int in C++ as well, so that a value of a later version is no undefined behavior.
#define PIGEON_ENUM_BASE : int
#else
#define PIGEON_ENUM_BASE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Goes up when a program that was built with an older header would no longer work.
#define PIGEON_ABI_VERSION 1
/// Bytes of a peer's and of a message's name with the zero at the end.
#define PIGEON_PEER_ID_SIZE 41
#define PIGEON_MESSAGE_ID_SIZE 33

/// Of the library that is linked, as in "0.1.0".
PIGEON_API const char* pigeon_version(void);
/// The `PIGEON_ABI_VERSION` that the library was built with.
PIGEON_API int pigeon_abi_version(void);

typedef enum pigeon_error_kind PIGEON_ENUM_BASE {
  PIGEON_OK = 0,
  /// An argument cannot be used; the sentence says which.
  PIGEON_BAD_ARGUMENT = 1,
  /// No link to that peer is open.
  PIGEON_NOT_CONNECTED = 2,
  /// The peer is not known, or its key is not.
  PIGEON_UNKNOWN_PEER = 3,
  /// Longer than a message may be.
  PIGEON_TOO_LARGE = 4,
  /// As much waits already as may; try again later.
  PIGEON_BUSY = 5,
  /// The node has been stopped, or has not been started.
  PIGEON_NOT_RUNNING = 6,
  /// The library failed: no memory is left, or there is an error in it.
  PIGEON_FAILED = 7,
  /// The node has no key of that group.
  PIGEON_UNKNOWN_GROUP = 8,
  /// It was encrypted to somebody else, or is damaged.
  PIGEON_UNDECIPHERABLE = 9
} pigeon_error_kind;

/// Why a function did nothing.
typedef struct pigeon_error pigeon_error;

/// `PIGEON_OK` for NULL.
PIGEON_API pigeon_error_kind pigeon_error_get_kind(const pigeon_error* error);
/// A sentence with the cause, valid as long as the error; empty for NULL, which is also what the
/// caller gets if there is no memory for an error.
PIGEON_API const char* pigeon_error_message(const pigeon_error* error);
PIGEON_API void pigeon_error_free(pigeon_error* error);

#ifdef __cplusplus
}
#endif
// NOLINTEND(modernize-use-using,modernize-deprecated-headers)
