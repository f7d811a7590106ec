/* The limit: librabbitmq alone, no logic and no store.

   usage: relay URL PREFIX COUNT BATCH PAYMENT_BYTES STATUS_BYTES

   Consumes COUNT requests; for each it publishes a payment event and a status of the sizes that the
   worker's have, persistent and confirmed, through the same exchanges. Each batch is acknowledged
   once, after its confirms. Settings that gave most here: a batch of 256, prefetch of two batches,
   separate connections for consuming and publishing. */
#include "broker.h"

#include <unistd.h>

typedef struct {
  Connection consuming, publishing;
  Confirms confirms;
  uint64_t published;
  char payments[128], results[128];
  amqp_bytes_t payment, status;
} Relay;

static amqp_bytes_t filler(int length) {
  amqp_bytes_t bytes = {length, malloc(length)};
  memset(bytes.bytes, 'x', length);
  return bytes;
}

static void consume(Relay *relay, const char *prefix, int batch) {
  char queue[128];
  snprintf(queue, sizeof queue, "%s.requests", prefix);
  amqp_basic_qos(relay->consuming, 1, 0, 2 * batch, 0);
  amqp_basic_consume(relay->consuming, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0,
                     amqp_empty_table);
  require(amqp_get_rpc_reply(relay->consuming), "the broker gave nothing to consume");
  puts("consuming");
  fflush(stdout);
}

/* Takes up to `batch` deliveries, waiting 2 ms for each but the first. */
static int relay_batch(Relay *relay, int batch) {
  int taken = 0;
  uint64_t last = 0;
  struct timeval patience = {0, 2000};
  while (taken < batch) {
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(relay->consuming);
    amqp_rpc_reply_t reply =
        amqp_consume_message(relay->consuming, &envelope, taken ? &patience : NULL, 0);
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
        reply.library_error == AMQP_STATUS_TIMEOUT)
      break;
    require(reply, "the connection broke while consuming");
    char id[64];
    snprintf(id, sizeof id, "%.*s", (int)envelope.message.properties.correlation_id.len,
             (char *)envelope.message.properties.correlation_id.bytes);
    publish(relay->publishing, relay->payments, "payment.requested", true, "payment.requested.v1",
            id, relay->payment);
    publish(relay->publishing, relay->results, "tenant.awaitingPayment", false,
            "resize.status.v1", id, relay->status);
    relay->published += 2;
    last = envelope.delivery_tag;
    amqp_destroy_envelope(&envelope);
    taken++;
  }
  await_confirms(relay->publishing, &relay->confirms, relay->published);
  amqp_basic_ack(relay->consuming, 1, last, 1);
  return taken;
}

int main(int count, char **arguments) {
  if (count != 7) fail("usage: relay URL PREFIX COUNT BATCH PAYMENT_BYTES STATUS_BYTES");
  int requests = atoi(arguments[3]), batch = atoi(arguments[4]);
  Relay relay = {
    .consuming = connect_to(arguments[1]),
    .publishing = connect_to(arguments[1]),
    .payment = filler(atoi(arguments[5])),
    .status = filler(atoi(arguments[6])),
  };
  snprintf(relay.payments, sizeof relay.payments, "%s.payments", arguments[2]);
  snprintf(relay.results, sizeof relay.results, "%s.results", arguments[2]);
  relay.confirms = select_confirms(relay.publishing, 2 * (uint64_t)requests);
  consume(&relay, arguments[2], batch);
  for (int done = 0; done < requests;) {
    int left = requests - done;
    done += relay_batch(&relay, left < batch ? left : batch);
  }
  pause(); /* measured from outside, and ended there */
}
