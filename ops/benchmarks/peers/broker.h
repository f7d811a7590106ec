/* What the C programs of the benchmarks share: one connection of librabbitmq with one channel. */
#ifndef BENCHMARK_BROKER_H
#define BENCHMARK_BROKER_H

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef amqp_connection_state_t Connection;

_Noreturn static inline void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static inline double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static inline void require(amqp_rpc_reply_t reply, const char *what) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail(what);
}

static inline Connection connect_to(const char *url) {
  char text[512];
  struct amqp_connection_info info;
  if (strlen(url) >= sizeof text) fail("the URL of the broker is too long");
  strcpy(text, url);
  if (amqp_parse_url(text, &info) != 0) fail("the URL of the broker cannot be read");
  Connection connection = amqp_new_connection();
  amqp_socket_t *socket = amqp_tcp_socket_new(connection);
  if (!socket || amqp_socket_open(socket, info.host, info.port) != 0) fail("no broker answers");
  require(amqp_login(connection, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user,
                     info.password), "the broker refused the login");
  amqp_channel_open(connection, 1);
  require(amqp_get_rpc_reply(connection), "the broker opened no channel");
  return connection;
}

/* Publishes one persistent message. */
static inline void publish(Connection connection, const char *exchange, const char *key,
                           bool mandatory, const char *type, const char *id, amqp_bytes_t body) {
  amqp_basic_properties_t properties = {
    ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
              AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_TYPE_FLAG,
    .content_type = amqp_cstring_bytes("application/cloudevents+json"),
    .delivery_mode = 2,
    .message_id = amqp_cstring_bytes(id),
    .correlation_id = amqp_cstring_bytes(id),
    .type = amqp_cstring_bytes(type),
  };
  if (amqp_basic_publish(connection, 1, amqp_cstring_bytes(exchange), amqp_cstring_bytes(key),
                         mandatory, 0, &properties, body) != 0)
    fail("the connection broke while publishing");
}

/* The publisher confirms of one channel; a confirm may name one message or all up to it. */
typedef struct {
  unsigned char *is_confirmed;
  uint64_t capacity, lowest; /* all up to `lowest` are confirmed */
} Confirms;

static inline Confirms select_confirms(Connection connection, uint64_t capacity) {
  amqp_confirm_select(connection, 1);
  require(amqp_get_rpc_reply(connection), "the broker knows no publisher confirms");
  return (Confirms){calloc(capacity + 2, 1), capacity, 0};
}

/* Waits until the first `count` messages of the channel are confirmed. */
static inline void await_confirms(Connection connection, Confirms *confirms, uint64_t count) {
  while (confirms->lowest < count) {
    amqp_frame_t frame;
    amqp_maybe_release_buffers(connection);
    if (amqp_simple_wait_frame(connection, &frame) != 0) fail("the connection broke");
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    if (frame.payload.method.id != AMQP_BASIC_ACK_METHOD) fail("a message was not confirmed");
    amqp_basic_ack_t *ack = frame.payload.method.decoded;
    if (ack->delivery_tag > confirms->capacity) fail("a confirm of no message of ours");
    if (ack->multiple)
      for (uint64_t tag = confirms->lowest + 1; tag <= ack->delivery_tag; tag++)
        confirms->is_confirmed[tag] = 1;
    else
      confirms->is_confirmed[ack->delivery_tag] = 1;
    while (confirms->is_confirmed[confirms->lowest + 1]) confirms->lowest++;
  }
}

#endif
