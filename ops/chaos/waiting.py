"""Shows how far it is, and knows when all is done."""
import contextlib
import sqlite3
import time

import pika
import pika.exceptions

from books import ENDS, BooksUnreadable
from installation import PREFIX

QUEUES = ("requests", "settlements", "applied", "inventory", "payments", "commands")


class Progress:
    SECONDS_BETWEEN_LINES = 10

    def __init__(self, installation, submitter):
        self.installation, self.submitter = installation, submitter
        self.began = time.monotonic()

    @property
    def seconds(self):
        return time.monotonic() - self.began

    def tell(self, text):
        print(f"  {self.seconds:5.0f} s  {text}", flush=True)

    def follow(self, goes_on, limit):
        """Until it no longer goes on; gives up after `limit` seconds without an end."""
        until = time.monotonic() + limit
        next_line = time.monotonic() + self.SECONDS_BETWEEN_LINES
        while goes_on():
            if time.monotonic() > until:
                self.tell("gave up waiting")
                return
            time.sleep(0.5)
            if time.monotonic() > next_line:
                next_line += self.SECONDS_BETWEEN_LINES
                self.tell(self.state())

    def state(self):
        try:
            with contextlib.closing(self.installation.database.books()) as store:
                return (f"{self.submitter.confirmed:,} submitted, {store.ended():,} ended,"
                        f" {store.outbox():,} to be sent")
        except (sqlite3.Error, BooksUnreadable) as error:
            return f"{self.submitter.confirmed:,} submitted (database: {error})"


def drained(installation, requests):
    """Whether all has ended, nothing is on its way, and the witness has seen each end."""
    try:
        with contextlib.closing(installation.database.books()) as store:
            if store.ended() < requests or store.outbox() or store.unsettled():
                return False
        return waiting_messages(installation) == 0 and ends_noted(installation) >= requests
    except (sqlite3.Error, BooksUnreadable, pika.exceptions.AMQPError, OSError):
        return False


def waiting_messages(installation):
    connection = pika.BlockingConnection(pika.URLParameters(installation.broker.url))
    try:
        channel = connection.channel()
        return sum(channel.queue_declare(f"{PREFIX}.{name}", passive=True).method.message_count
                   for name in QUEUES)
    finally:
        connection.close()


def ends_noted(installation):
    ends = tuple(f'"{end}"' for end in ENDS)
    with open(installation.notes, encoding="utf-8") as lines:
        return len({line.split(",", 1)[0] for line in lines if line.split(", ", 2)[1] in ends})
