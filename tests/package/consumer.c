// Uses the installed C interface: makes a node, and gets an error from it.
#include <string.h>

#include <stdio.h>

#include <pigeon/pigeon.h>

static void on_event(void* user_data, const pigeon_event* event) {
  if (event->type == PIGEON_EVENT_MESSAGE) ++*(int*)user_data;
}

int main(void) {
  if (pigeon_abi_version() != PIGEON_ABI_VERSION) return 1;
  pigeon_node_options* options = pigeon_node_options_create();
  pigeon_node_options_add_address(options, "127.0.0.1", NULL);
  int messages = 0;
  pigeon_node* node = NULL;
  pigeon_error* error = NULL;
  const int made = pigeon_node_create(NULL, options, on_event, &messages, &node, &error);
  pigeon_node_options_destroy(options);
  if (made != PIGEON_OK) return fprintf(stderr, "%s\n", pigeon_error_message(error)), 1;

  char id[PIGEON_PEER_ID_SIZE];
  pigeon_node_peer_id(node, id, NULL);
  printf("pigeon %s, node %s in C\n", pigeon_version(), id);
  const int refused = pigeon_node_connect(node, "no hub", &error);
  const int explained = strlen(pigeon_error_message(error)) > 0;
  pigeon_error_free(error);
  const int sent = pigeon_node_send_message(node, "to myself", 9, NULL, NULL);
  // No event is under way afterwards.
  pigeon_node_destroy(node);
  return refused == PIGEON_BAD_ARGUMENT && explained && sent == PIGEON_OK ? 0 : 1;
}
