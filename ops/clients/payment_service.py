#!/usr/bin/env python3
"""A payment service for resize-worker: settles what it is asked for, at most once for a key.

Usage: payment_service.py AMQP_URL [PREFIX]    (needs pika: apt-get install python3-pika)
"""
import json
import sys
import uuid
from datetime import datetime, timezone

import pika


def move_money(kind, data):
    """Your provider's call goes here, with data["idempotencyKey"]: one key moves money once."""
    return {"outcome": "succeeded", "settled": data["amount"]}


def main(url, prefix="resize"):
    parameters = pika.URLParameters(url)
    channel = pika.BlockingConnection(parameters).channel()
    channel.confirm_delivery()  # an answer counts once the broker has it
    channel.basic_qos(prefetch_count=50)
    final = {}  # by key; keep it in your database, written with the movement of the money

    def answer(_, delivery, properties, body):
        event = json.loads(body)
        kind, data = event["type"].split(".")[0], event["data"]
        key = data["idempotencyKey"]
        if event["type"] == "payment.voidRequested.v1":
            final.setdefault(key, {"outcome": "declined"})  # nothing to answer
        else:
            outcome = final.get(key) or move_money(kind, data)
            if outcome["outcome"] != "failed":  # failed: it will be asked again, under the same key
                final[key] = outcome
            send({kind + "Id": data[kind + "Id"], "requestId": data["requestId"], **outcome}, kind)
        channel.basic_ack(delivery.delivery_tag)

    def send(data, kind):
        event = {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "/payments",
                 "type": kind + ".settled.v1", "datacontenttype": "application/json",
                 "time": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "data": data}
        properties = pika.BasicProperties(
            content_type="application/cloudevents+json", delivery_mode=2, type=event["type"],
            message_id=event["id"], correlation_id=data["requestId"],
            user_id=parameters.credentials.username)
        channel.basic_publish("", prefix + ".settlements", json.dumps(event), properties, mandatory=True)

    channel.basic_consume(prefix + ".payments", answer)
    channel.start_consuming()


if __name__ == "__main__":
    main(*sys.argv[1:])
