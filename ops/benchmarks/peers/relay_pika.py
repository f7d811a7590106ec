"""A peer on pika: decodes, computes, publishes payment event and status, without a store.

usage: relay_pika.py URL PREFIX BATCH PAYMENT_BYTES STATUS_BYTES

Settings that gave most here: SelectConnection, since BlockingConnection waits for each confirm;
confirms counted, acknowledgements of many at once, prefetch of two batches.
"""

import json
import sys

import pika

from work import CONTENT_TYPE, encoded, events


class Relay:
    def __init__(self, url, prefix, batch, payment_bytes, status_bytes):
        self.prefix, self.batch = prefix, int(batch)
        self.sizes = int(payment_bytes), int(status_bytes)
        self.published, self.confirmed, self.acknowledged = 0, 0, 0
        self.early = set()  # confirmed beyond one that is not
        self.connection = pika.SelectConnection(
            pika.URLParameters(url),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self.opened),
        )

    def opened(self, channel):
        self.channel = channel
        channel.confirm_delivery(self.settled)
        channel.basic_qos(prefetch_count=2 * self.batch)
        channel.basic_consume(self.prefix + ".requests", self.request)
        print("consuming", flush=True)

    def request(self, channel, method, properties, body):
        data = json.loads(body)["data"]
        payment, status = events(data, *self.sizes)
        self.publish(".payments", "payment.requested", "payment.requested.v1", True, payment)
        key = data["tenantId"] + ".awaitingPayment"
        self.publish(".results", key, "resize.status.v1", False, status)

    def publish(self, exchange, key, kind, mandatory, event):
        self.channel.basic_publish(
            self.prefix + exchange,
            key,
            encoded(event),
            pika.BasicProperties(
                content_type=CONTENT_TYPE,
                delivery_mode=2,
                message_id=event["requestId"],
                correlation_id=event["requestId"],
                type=kind,
            ),
            mandatory,
        )
        self.published += 1

    def settled(self, frame):
        if not isinstance(frame.method, pika.spec.Basic.Ack):
            sys.exit("a message was not confirmed")
        if frame.method.multiple:
            self.confirmed = max(self.confirmed, frame.method.delivery_tag)
            self.early = {tag for tag in self.early if tag > self.confirmed}
        else:
            self.early.add(frame.method.delivery_tag)
        while self.confirmed + 1 in self.early:
            self.confirmed += 1
            self.early.remove(self.confirmed)
        # The n-th delivery has tag n, and its messages are the publishes 2n - 1 and 2n.
        done = self.confirmed // 2
        if done - self.acknowledged >= self.batch // 4 or self.confirmed == self.published:
            self.channel.basic_ack(done, multiple=True)
            self.acknowledged = done


if __name__ == "__main__":
    Relay(*sys.argv[1:]).connection.ioloop.start()
