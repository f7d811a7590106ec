/* A payment service that costs next to nothing: every payment succeeds at once.

   usage: settle URL PREFIX COUNT

   Consumes COUNT payment events of PREFIX.payments and publishes a settlement for each to
   PREFIX.settlements, persistent. It waits for all confirms at the end. */
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

static void settle(Connection publishing, const char *queue, const char *body, int number) {
  char payment[160], request[160], value[40], id[32], text[1024];
  copy_text(payment, sizeof payment, body, "\"paymentId\":\"");
  copy_text(request, sizeof request, body, "\"requestId\":\"");
  copy_text(value, sizeof value, body, "\"amount\":{\"currency\":\"USD\",\"value\":\"");
  snprintf(id, sizeof id, "settled-%d", number);
  int length = snprintf(
      text, sizeof text,
      "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/benchmark/payments\","
      "\"type\":\"payment.settled.v1\",\"datacontenttype\":\"application/json\","
      "\"data\":{\"paymentId\":\"%s\",\"requestId\":\"%s\",\"outcome\":\"succeeded\","
      "\"settled\":{\"currency\":\"USD\",\"value\":\"%s\"}}}",
      id, payment, request, value);
  publish(publishing, "", queue, true, "payment.settled.v1", id, (amqp_bytes_t){length, text});
}

int main(int arguments, char **argument) {
  if (arguments != 4) fail("usage: settle URL PREFIX COUNT");
  Connection consuming = connect_to(argument[1]), publishing = connect_to(argument[1]);
  char payments[128], settlements[128];
  snprintf(payments, sizeof payments, "%s.payments", argument[2]);
  snprintf(settlements, sizeof settlements, "%s.settlements", argument[2]);
  int count = atoi(argument[3]);
  Confirms confirms = select_confirms(publishing, count);
  amqp_basic_qos(consuming, 1, 0, 512, 0);
  amqp_basic_consume(consuming, 1, amqp_cstring_bytes(payments), amqp_empty_bytes, 0, 0, 0,
                     amqp_empty_table);
  require(amqp_get_rpc_reply(consuming), "the payment events cannot be consumed");
  puts("consuming");
  fflush(stdout);
  for (int number = 0; number < count; number++) {
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(consuming);
    require(amqp_consume_message(consuming, &envelope, NULL, 0), "the connection broke");
    char *body = strndup(envelope.message.body.bytes, envelope.message.body.len);
    settle(publishing, settlements, body, number);
    free(body);
    if (number % 64 == 63 || number == count - 1)
      amqp_basic_ack(consuming, 1, envelope.delivery_tag, 1);
    amqp_destroy_envelope(&envelope);
    /* Confirms are taken in between, or their frames would fill the socket. */
    if (number >= 1000) await_confirms(publishing, &confirms, number - 1000);
  }
  await_confirms(publishing, &confirms, count);
  pause(); /* until it is stopped: the round may go on */
}
