/* A payment service that costs next to nothing: every payment succeeds at once.

   usage: settle URL PREFIX COUNT [JOURNAL]

   Consumes the events of COUNT payments from PREFIX.payments and publishes a settlement for each to
   PREFIX.settlements, persistent. It waits for all confirms at the end. With a journal it notes every
   movement of money there, as the sandbox does. A payment that it is asked for again is settled
   again, and not moved again; it tells payments apart by the number that their request ids end with. */
#include "peers/broker.h"

#include <unistd.h>

/* Copies the text between `before` and the next quote. */
static void copy_text(char *to, size_t size, const char *body, const char *before) {
  const char *start = strstr(body, before);
  const char *end = start ? strchr(start + strlen(before), '"') : NULL;
  if (!end || (size_t)(end - start) - strlen(before) >= size) fail("not a payment event");
  start += strlen(before);
  memcpy(to, start, end - start);
  to[end - start] = 0;
}

typedef struct {
  Connection publishing;
  char queue[128];
  FILE *journal;
  unsigned char *has_moved; /* by number of the request */
  long count, moved, published;
} Service;

static void move_money(Service *service, const char *body, const char *request, const char *value) {
  long number = atol(strrchr(request, '-') ? strrchr(request, '-') + 1 : request);
  if (number < 0 || number >= service->count) fail("a payment of no request of this run");
  if (service->has_moved[number]) return;
  service->has_moved[number] = 1;
  service->moved++;
  if (!service->journal) return;
  char key[200];
  copy_text(key, sizeof key, body, "\"idempotencyKey\":\"");
  fprintf(service->journal,
          "{\"requestId\":\"%s\",\"idempotencyKey\":\"%s\",\"kind\":\"payment\","
          "\"value\":\"%s\",\"currency\":\"USD\"}\n",
          request, key, value);
}

static void settle(Service *service, const char *body) {
  char payment[160], request[160], value[40], id[32], text[1024];
  copy_text(payment, sizeof payment, body, "\"paymentId\":\"");
  copy_text(request, sizeof request, body, "\"requestId\":\"");
  copy_text(value, sizeof value, body, "\"amount\":{\"currency\":\"USD\",\"value\":\"");
  move_money(service, body, request, value);
  snprintf(id, sizeof id, "settled-%ld", service->published++);
  int length = snprintf(
      text, sizeof text,
      "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/benchmark/payments\","
      "\"type\":\"payment.settled.v1\",\"datacontenttype\":\"application/json\","
      "\"data\":{\"paymentId\":\"%s\",\"requestId\":\"%s\",\"outcome\":\"succeeded\","
      "\"settled\":{\"currency\":\"USD\",\"value\":\"%s\"}}}",
      id, payment, request, value);
  publish(service->publishing, "", service->queue, true, "payment.settled.v1", id,
          (amqp_bytes_t){length, text});
}

int main(int arguments, char **argument) {
  if (arguments != 4 && arguments != 5) fail("usage: settle URL PREFIX COUNT [JOURNAL]");
  Connection consuming = connect_to(argument[1]);
  char payments[128];
  snprintf(payments, sizeof payments, "%s.payments", argument[2]);
  Service service = {
    .publishing = connect_to(argument[1]),
    .count = atol(argument[3]),
    .journal = arguments == 5 ? fopen(argument[4], "w") : NULL,
  };
  if (arguments == 5 && !service.journal) fail("the journal cannot be written");
  service.has_moved = calloc(service.count, 1);
  snprintf(service.queue, sizeof service.queue, "%s.settlements", argument[2]);
  Confirms confirms = select_confirms(service.publishing, 2 * service.count);
  amqp_basic_qos(consuming, 1, 0, 512, 0);
  amqp_basic_consume(consuming, 1, amqp_cstring_bytes(payments), amqp_empty_bytes, 0, 0, 0,
                     amqp_empty_table);
  require(amqp_get_rpc_reply(consuming), "the payment events cannot be consumed");
  puts("consuming");
  fflush(stdout);
  while (service.moved < service.count) {
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(consuming);
    require(amqp_consume_message(consuming, &envelope, NULL, 0), "the connection broke");
    char *body = strndup(envelope.message.body.bytes, envelope.message.body.len);
    settle(&service, body);
    free(body);
    if (service.published % 64 == 0 || service.moved == service.count)
      amqp_basic_ack(consuming, 1, envelope.delivery_tag, 1);
    amqp_destroy_envelope(&envelope);
    /* Confirms are taken in between, or their frames would fill the socket. */
    if (service.published > 1000)
      await_confirms(service.publishing, &confirms, service.published - 1000);
  }
  await_confirms(service.publishing, &confirms, service.published);
  if (service.journal) fclose(service.journal);
  pause(); /* until it is stopped: the round may go on */
}
