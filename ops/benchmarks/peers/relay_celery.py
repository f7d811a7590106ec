"""A peer on Celery: a task that computes and publishes payment event and status, without a store.

usage: relay_celery.py feed COUNT       sends the tasks, beginning with request number 0
       celery -A relay_celery worker …  see bench.py

Settings that gave most here: two processes, late acknowledgement (or a killed worker loses tasks),
prefetch of 64 a process, publisher confirms on, no results, no gossip, mingle or heartbeat.
"""

import os
import sys

from celery import Celery
from celery.signals import worker_ready
from kombu import Queue

from work import events

PREFIX = os.environ["BENCH_PREFIX"]
SIZES = int(os.environ["BENCH_PAYMENT_BYTES"]), int(os.environ["BENCH_STATUS_BYTES"])

app = Celery("relay", broker=os.environ["BENCH_URL"])
app.conf.update(
    broker_transport_options={"confirm_publish": True},
    task_queues=[
        Queue(PREFIX + ".celery", queue_arguments={"x-queue-type": "quorum"}, durable=True)
    ],
    task_default_queue=PREFIX + ".celery",
    task_default_queue_type="quorum",
    worker_detect_quorum_queues=True,
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    broker_connection_retry_on_startup=True,
)


@worker_ready.connect
def tell(**_):
    print("consuming", file=sys.__stdout__, flush=True)  # Celery keeps stdout for itself


@app.task(name="resize")
def resize(data):
    payment, status = events(data, *SIZES)
    with app.producer_pool.acquire(block=True) as producer:
        publish(producer, ".payments", "payment.requested", "payment.requested.v1", True, payment)
        key = data["tenantId"] + ".awaitingPayment"
        publish(producer, ".results", key, "resize.status.v1", False, status)


def publish(producer, exchange, key, kind, mandatory, event):
    producer.publish(
        event,
        exchange=PREFIX + exchange,
        routing_key=key,
        delivery_mode=2,
        serializer="json",
        mandatory=mandatory,
        message_id=event["requestId"],
        correlation_id=event["requestId"],
        type=kind,
    )


def feed(count):
    app.control.purge()
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(count):
            data = {
                "requestId": f"01993c3e-58d2-7c51-9b1e-{number:012d}",
                "tenantId": f"tenant-{number % 97}",
                "instanceId": f"ins-{number:07d}",
            }
            resize.apply_async((data,), producer=producer)


if __name__ == "__main__":
    feed(int(sys.argv[2]))
