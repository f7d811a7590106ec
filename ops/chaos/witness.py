#!/usr/bin/python3
"""Follows the statuses on a queue of its own, and notes them in a file.

usage: witness.py AMQP_URL FILE     until told to stop (SIGTERM)
"""
import json
import signal
import sys
import time

import pika
import pika.exceptions

QUEUE = "chaos.witness"


def bind(url, prefix):
    """From now on the queue keeps every status."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(QUEUE, prefix + ".results", "#")
    connection.close()


def note(body, notes):
    data = json.loads(body)["data"]
    quote = data.get("quote") or {}
    notes.write(json.dumps([
        data["requestId"], data["status"], data["sequence"], quote.get("direction"),
        quote.get("amount"), quote.get("currency")]) + "\n")


def follow(url, notes):
    """Acknowledges what is in the file; what is not comes again."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1000)
    unacknowledged, tag = 0, 0
    for delivery, _, body in channel.consume(QUEUE, inactivity_timeout=0.2):
        if delivery:
            note(body, notes)
            unacknowledged, tag = unacknowledged + 1, delivery.delivery_tag
        if unacknowledged and (unacknowledged >= 500 or not delivery):
            notes.flush()
            channel.basic_ack(tag, multiple=True)
            unacknowledged = 0


def main(url, file):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(file, "a", encoding="utf-8") as notes:
        while True:
            try:
                follow(url, notes)
            except (pika.exceptions.AMQPError, OSError):
                time.sleep(0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
