/* The load of a long run: as many requests under way as are wanted, until all are completed.

   usage: steady URL PREFIX EVENTS COUNT UNDERWAY

   Publishes the first COUNT lines of EVENTS to PREFIX.requests, each only when fewer than
   UNDERWAY of them are not completed yet, so that no queue grows with the length of the run. Listens to PREFIX.statuses meanwhile. Prints at each hundredth how many have been completed
   and when, on the monotonic clock: "10000 1234.567890". */
#include "peers/broker.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct {
  Connection publishing;
  const char *path;
  char requests[128];
  long count, underway;
  atomic_long completed;
} Load;

/* Cuts the text between `before` and the next quote out of a line. */
static void copy_id(char *to, size_t size, const char *line, const char *before) {
  const char *start = strstr(line, before);
  const char *end = start ? strchr(start + strlen(before), '"') : NULL;
  if (!end || (size_t)(end - start) - strlen(before) >= size) fail("a line is not an event");
  start += strlen(before);
  memcpy(to, start, end - start);
  to[end - start] = 0;
}

static void *publish_all(void *context) {
  Load *load = context;
  FILE *file = fopen(load->path, "r");
  if (!file) fail("the events cannot be read");
  char *line = NULL, id[64];
  size_t capacity = 0;
  for (long sent = 0; sent < load->count; sent++) {
    while (sent - atomic_load(&load->completed) >= load->underway)
      nanosleep(&(struct timespec){0, 1000000}, NULL);
    ssize_t length = getline(&line, &capacity, file);
    if (length <= 0) fail("there are too few events in the file");
    copy_id(id, sizeof id, line, "\"requestId\":\"");
    amqp_bytes_t body = {line[length - 1] == '\n' ? length - 1 : length, line};
    publish(load->publishing, "", load->requests, true, "resize.requested.v1", id, body);
  }
  free(line);
  fclose(file);
  return NULL;
}

static int ends_with(amqp_bytes_t text, const char *end) {
  size_t length = strlen(end);
  return text.len >= length && !memcmp((char *)text.bytes + text.len - length, end, length);
}

/* The number that a request id ends with. */
static long number_of(amqp_bytes_t id) {
  long number = 0, place = 1;
  for (size_t i = id.len; i > 0; i--, place *= 10) {
    char digit = ((char *)id.bytes)[i - 1];
    if (digit < '0' || digit > '9') return number;
    number += (digit - '0') * place;
    if (place >= 100000000) return number;
  }
  return number;
}

/* A status may be told twice; a request is counted once. */
static void listen_to_all(Load *load, Connection consuming) {
  unsigned char *is_completed = calloc(load->count, 1);
  bool is_of_completed = false;
  long completed = 0, step = load->count < 100 ? 1 : load->count / 100;
  while (completed < load->count) {
    amqp_frame_t frame;
    amqp_maybe_release_buffers(consuming);
    if (amqp_simple_wait_frame(consuming, &frame) != 0) fail("the connection broke");
    if (frame.frame_type == AMQP_FRAME_METHOD) {
      amqp_basic_deliver_t *delivery = frame.payload.method.decoded;
      is_of_completed = frame.payload.method.id == AMQP_BASIC_DELIVER_METHOD &&
                        ends_with(delivery->routing_key, ".completed");
    } else if (frame.frame_type == AMQP_FRAME_HEADER && is_of_completed) {
      amqp_basic_properties_t *properties = frame.payload.properties.decoded;
      long number = number_of(properties->correlation_id);
      if (number >= load->count) fail("a request was completed that nobody asked for");
      if (is_completed[number]) continue;
      is_completed[number] = 1;
      completed++;
      atomic_store(&load->completed, completed);
      if (completed % step == 0 || completed == load->count) {
        printf("%ld %.6f\n", completed, now());
        fflush(stdout);
      }
    }
  }
}

int main(int arguments, char **argument) {
  if (arguments != 6) fail("usage: steady URL PREFIX EVENTS COUNT UNDERWAY");
  Load load = {
    .publishing = connect_to(argument[1]),
    .path = argument[3],
    .count = atol(argument[4]),
    .underway = atol(argument[5]),
  };
  Connection consuming = connect_to(argument[1]);
  char statuses[128];
  snprintf(load.requests, sizeof load.requests, "%s.requests", argument[2]);
  snprintf(statuses, sizeof statuses, "%s.statuses", argument[2]);
  amqp_basic_consume(consuming, 1, amqp_cstring_bytes(statuses), amqp_empty_bytes, 0, 1, 0,
                     amqp_empty_table);
  require(amqp_get_rpc_reply(consuming), "the statuses cannot be consumed");
  printf("0 %.6f\n", now());
  fflush(stdout);
  pthread_t publisher;
  if (pthread_create(&publisher, NULL, publish_all, &load)) fail("no thread to publish on");
  listen_to_all(&load, consuming);
  pthread_join(publisher, NULL);
}
