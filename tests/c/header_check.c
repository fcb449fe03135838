/* The header of the C interface, included by nobody's help. */
#include <pigeon/pigeon.h>

_Static_assert(PIGEON_OK == 0, "success is no error");
_Static_assert(sizeof(pigeon_error_kind) == sizeof(int), "as wide as in C++");
_Static_assert(PIGEON_PEER_ID_SIZE == 2 * 20 + 1, "40 digits and a zero");

const char* pigeon_header_check_text(const pigeon_event* event);

const char* pigeon_header_check_text(const pigeon_event* event) {
  switch (event->type) {
    case PIGEON_EVENT_MESSAGE:
      return event->message.text;
    case PIGEON_EVENT_WARNING:
      return event->warning.message;
    default:
      return event->peer.reason;
  }
}
