// Joins a mesh and chats: each line of standard input goes to all peers.
//   example_c ws://localhost:3000
#include <string.h>

#include <stdio.h>

#include <pigeon/pigeon.h>

// Prints what others wrote: a terminal would obey control characters (U+0000 to U+001F and U+007F
// to U+009F), so that they become question marks.
static void print_line(FILE* out, const char* text) {
  for (const unsigned char* at = (const unsigned char*)text; *at != 0; ++at) {
    const int is_long_control = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0;
    if (is_long_control) ++at;
    fputc(is_long_control || *at < 0x20 || *at == 0x7f ? '?' : *at, out);
  }
  fputc('\n', out);
}

static void on_event(void* user_data, const pigeon_event* event) {
  const char* own_id = user_data;
  if (event->type == PIGEON_EVENT_HUB_STATUS && event->hub_status.reason[0] != '\0') {
    print_line(stderr, event->hub_status.reason);
  } else if (event->type == PIGEON_EVENT_PEER_CONNECTED) {
    printf("+ %s\n", event->peer.peer);
  } else if (event->type == PIGEON_EVENT_PEER_DISCONNECTED) {
    printf("- %s\n", event->peer.peer);
  } else if (event->type == PIGEON_EVENT_MESSAGE && strcmp(event->message.from, own_id) != 0) {
    printf("%.8s: ", event->message.from);
    print_line(stdout, event->message.text);
  }
  fflush(stdout);
}

/// Shows the error, if there is one.
static int succeeded(pigeon_error* error) {
  if (error == NULL) return 1;
  fprintf(stderr, "%s\n", pigeon_error_message(error));
  pigeon_error_free(error);
  return 0;
}

int main(int count, char** arguments) {
  if (count != 2) return fputs("Usage: example_c HUB_URL\n", stderr), 2;
  pigeon_error* error = NULL;
  pigeon_node* node = NULL;
  char own_id[PIGEON_PEER_ID_SIZE] = "";
  pigeon_node_create(NULL, NULL, on_event, own_id, &node, &error);
  if (!succeeded(error)) return 1;
  pigeon_node_peer_id(node, own_id, NULL);
  pigeon_node_connect(node, arguments[1], &error);
  const int joined = succeeded(error);
  char line[4096];
  while (joined && fgets(line, sizeof line, stdin) != NULL) {
    pigeon_node_send_message(node, line, strcspn(line, "\n"), NULL, &error);
    succeeded(error);
  }
  pigeon_node_destroy(node);
  return joined ? 0 : 1;
}
