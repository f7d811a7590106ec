"""What the database and the payment service say has become of requests and money."""
import collections
import json
import sqlite3

ENDS = ("completed", "failed", "rejected", "canceled", "quoted")

Posting = collections.namedtuple("Posting", "request movement account minor_units currency purpose")
Movement = collections.namedtuple("Movement", "request key kind minor_units currency")


class StoreBooks:
    """The database of the workers, SQLite; only read."""

    IN_ENDS = "('" + "', '".join(ENDS) + "')"

    def __init__(self, file):
        self.database = sqlite3.connect(
            f"file:{file}?mode=ro", uri=True, timeout=30, check_same_thread=False)

    def close(self):
        self.database.close()

    def rows(self, sql):
        return self.database.execute(sql).fetchall()

    def count(self, sql):
        return self.rows("SELECT count(*) FROM " + sql)[0][0]

    def ended(self):
        return self.count(f"resizes WHERE state IN {self.IN_ENDS}")

    def outbox(self):
        return self.rows("SELECT ifnull(sum(message_count), 0) FROM outbox")[0][0]

    def unsettled(self):
        """Payments and refunds that are still under way."""
        return self.count("payments WHERE state IN ('requested', 'backingOff')")

    def states(self):
        """The state of each resize, by request."""
        return dict(self.rows("SELECT request_id, state FROM resizes"))

    def ended_twice(self):
        return self.count(
            f"(SELECT 1 FROM timeline WHERE event IN {self.IN_ENDS}"
            " GROUP BY resize HAVING count(*) > 1) AS twice")

    def ended_by(self, worker):
        return self.count(
            f"timeline WHERE event IN {self.IN_ENDS} AND worker LIKE '{worker}#%'")

    def postings(self):
        return [Posting(*row) for row in self.rows(
            "SELECT request_id, movement_id, account, minor_units, currency, purpose"
            " FROM ledger JOIN resizes ON resizes.number = ledger.resize")]


def minor_units(value):
    """The wire always writes all digits that a currency has: 197.66 USD, 20 JPY."""
    return int(value.replace(".", ""))


def movements(journal):
    """Every movement of money, as the sandbox has noted it."""
    with open(journal, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            yield Movement(line["requestId"], line["idempotencyKey"], line["kind"],
                           minor_units(line["value"]), line["currency"])
