/* The load and the measuring of the benchmarks.

   usage: load bind URL PREFIX                     a quorum queue PREFIX.statuses for all statuses
          load feed URL QUEUE EVENTS COUNT         publishes the first COUNT lines, confirmed
          load wait URL COUNT SECONDS QUEUE...     until each holds so many messages
          load sizes URL QUEUE...                  the length of a body of each
          load empty URL QUEUE...
          load pace URL PREFIX EVENTS COUNT RATE   open loop: publishes on schedule whatever becomes
                                                   of it; prints for each request the microseconds from
                                                   its scheduled time to its payment event (-1 if
                                                   none), and to when it was sent */
#include "peers/broker.h"

#include <pthread.h>

/* One event of the file, cut from its line. */
typedef struct {
  amqp_bytes_t body;
  char id[64];
} Event;

static Event *read_events(const char *path, int count) {
  FILE *file = fopen(path, "r");
  if (!file) fail("the events cannot be read");
  Event *events = calloc(count, sizeof *events);
  for (int i = 0; i < count; i++) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length = getline(&line, &capacity, file);
    char *id = length > 0 ? strstr(line, "\"requestId\":\"") : NULL;
    if (!id || sscanf(id + 13, "%63[^\"]", events[i].id) != 1) fail("too few events in the file");
    events[i].body = (amqp_bytes_t){line[length - 1] == '\n' ? length - 1 : length, line};
  }
  fclose(file);
  return events;
}

static void send_request(Connection connection, const char *queue, Event *event) {
  publish(connection, "", queue, true, "resize.requested.v1", event->id, event->body);
}

static void bind_statuses(Connection connection, const char *prefix) {
  char queue[128], exchange[128];
  snprintf(queue, sizeof queue, "%s.statuses", prefix);
  snprintf(exchange, sizeof exchange, "%s.results", prefix);
  amqp_table_entry_t type = {
    .key = amqp_cstring_bytes("x-queue-type"),
    .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes("quorum")},
  };
  amqp_queue_declare(connection, 1, amqp_cstring_bytes(queue), 0, 1, 0, 0,
                     (amqp_table_t){1, &type});
  require(amqp_get_rpc_reply(connection), "the queue of statuses was refused");
  amqp_queue_bind(connection, 1, amqp_cstring_bytes(queue), amqp_cstring_bytes(exchange),
                  amqp_cstring_bytes("#"), amqp_empty_table);
  require(amqp_get_rpc_reply(connection), "there is no exchange of results");
}

static void feed(Connection connection, const char *queue, const char *path, int count) {
  Event *events = read_events(path, count);
  Confirms confirms = select_confirms(connection, count);
  for (int i = 0; i < count; i++) {
    send_request(connection, queue, &events[i]);
    if (i >= 1000) await_confirms(connection, &confirms, i - 1000);
  }
  await_confirms(connection, &confirms, count);
}

static int messages_in(Connection connection, const char *queue) {
  amqp_queue_declare_ok_t *answer = amqp_queue_declare(
      connection, 1, amqp_cstring_bytes(queue), 1, 0, 0, 0, amqp_empty_table);
  if (!answer) fail("a queue is missing");
  int count = answer->message_count;
  amqp_maybe_release_buffers(connection);
  return count;
}

static void wait_for(Connection connection, int count, double seconds, char **queues) {
  double deadline = now() + seconds;
  for (; *queues; queues++)
    while (messages_in(connection, *queues) < count) {
      if (now() > deadline) fail("the messages did not come in time");
      nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
  printf("%.6f\n", now());
}

static void print_size(Connection connection, const char *queue) {
  amqp_rpc_reply_t reply = amqp_basic_get(connection, 1, amqp_cstring_bytes(queue), 0);
  amqp_message_t message;
  if (reply.reply.id != AMQP_BASIC_GET_OK_METHOD) fail("a queue is empty");
  require(amqp_read_message(connection, 1, &message, 0), "a message cannot be read");
  printf("%zu\n", message.body.len);
}

/* One run of an open loop: what is due when, when it left, and how long its payment event took. */
typedef struct {
  Connection publishing, consuming;
  char requests[128];
  Event *events;
  int count;
  double *due, *left, *latency;
} Pace;

/* Publishes on schedule, whatever becomes of it: on a thread of its own, so that a broker that takes
   nothing for a while delays no measuring. */
static void *publish_on_schedule(void *context) {
  Pace *pace = context;
  for (int i = 0; i < pace->count; i++) {
    double wait = pace->due[i] - now();
    if (wait > 0) {
      struct timespec rest = {(time_t)wait, (long)((wait - (time_t)wait) * 1e9)};
      nanosleep(&rest, NULL);
    }
    pace->left[i] = now();
    send_request(pace->publishing, pace->requests, &pace->events[i]);
  }
  return NULL;
}

/* Notes when the payment event of a request comes. */
static int take_frame(amqp_frame_t *frame, Pace *pace) {
  if (frame->frame_type != AMQP_FRAME_HEADER) return 0;
  amqp_basic_properties_t *properties = frame->payload.properties.decoded;
  char id[64];
  snprintf(id, sizeof id, "%.*s", (int)properties->correlation_id.len,
           (char *)properties->correlation_id.bytes);
  /* Request ids end in their number. */
  long index = atol(strrchr(id, '-') + 1) - atol(strrchr(pace->events[0].id, '-') + 1);
  if (index < 0 || index >= pace->count || pace->latency[index] >= 0) return 0;
  pace->latency[index] = now() - pace->due[index];
  return 1;
}

static void take_payments(Pace *pace, double deadline) {
  int answered = 0;
  while (answered < pace->count && now() < deadline) {
    struct timeval patience = {0, 100000};
    amqp_frame_t frame;
    amqp_maybe_release_buffers(pace->consuming);
    int status = amqp_simple_wait_frame_noblock(pace->consuming, &frame, &patience);
    if (status == AMQP_STATUS_OK) answered += take_frame(&frame, pace);
    else if (status != AMQP_STATUS_TIMEOUT) fail("the connection broke while consuming");
  }
}

static void pace(const char *url, const char *prefix, const char *path, int count, double rate) {
  Pace pace = {
    .publishing = connect_to(url),
    .consuming = connect_to(url),
    .events = read_events(path, count),
    .count = count,
    .due = calloc(count, sizeof(double)),
    .left = calloc(count, sizeof(double)),
    .latency = calloc(count, sizeof(double)),
  };
  char payments[128];
  snprintf(pace.requests, sizeof pace.requests, "%s.requests", prefix);
  snprintf(payments, sizeof payments, "%s.payments", prefix);
  amqp_basic_consume(pace.consuming, 1, amqp_cstring_bytes(payments), amqp_empty_bytes, 0, 1, 0,
                     amqp_empty_table);
  require(amqp_get_rpc_reply(pace.consuming), "the payment events cannot be consumed");
  double start = now() + 0.1;
  for (int i = 0; i < count; i++) pace.due[i] = start + i / rate, pace.latency[i] = -1;
  pthread_t publisher;
  if (pthread_create(&publisher, NULL, publish_on_schedule, &pace)) fail("no thread to publish on");
  take_payments(&pace, start + count / rate + 20);
  for (int i = 0; i < count; i++) {
    long latency = pace.latency[i] < 0 ? -1 : (long)(pace.latency[i] * 1e6);
    printf("%ld %ld\n", latency, (long)((pace.left[i] - pace.due[i]) * 1e6));
  }
}

int main(int count, char **arguments) {
  if (count < 4) fail("usage: see load.c");
  const char *task = arguments[1], *url = arguments[2];
  if (!strcmp(task, "bind")) bind_statuses(connect_to(url), arguments[3]);
  else if (!strcmp(task, "feed") && count == 6)
    feed(connect_to(url), arguments[3], arguments[4], atoi(arguments[5]));
  else if (!strcmp(task, "wait") && count > 5)
    wait_for(connect_to(url), atoi(arguments[3]), atof(arguments[4]), arguments + 5);
  else if (!strcmp(task, "pace") && count == 7)
    pace(url, arguments[3], arguments[4], atoi(arguments[5]), atof(arguments[6]));
  else
    for (Connection connection = connect_to(url); *(arguments + 3); arguments++)
      if (!strcmp(task, "sizes")) print_size(connection, arguments[3]);
      else amqp_queue_purge(connection, 1, amqp_cstring_bytes(arguments[3]));
}
