"""What the database and the payment service say has become of requests and money."""
import collections
import contextlib
import json
import sqlite3
import subprocess

ENDS = ("completed", "failed", "rejected", "canceled", "quoted")

Posting = collections.namedtuple("Posting", "request movement account minor_units currency purpose")
Movement = collections.namedtuple("Movement", "request key kind minor_units currency")


class StoreBooks:
    """The database of the workers; only read. `rows` is the engine's."""

    IN_ENDS = "('" + "', '".join(ENDS) + "')"
    #: A row of the outbox: whose it is, and how many messages are in it.
    OUTBOX = "owner, message_count"

    def close(self):
        pass

    def count(self, sql):
        return self.rows("SELECT count(*) FROM " + sql)[0][0]

    def ended(self):
        return self.count(f"resizes WHERE state IN {self.IN_ENDS}")

    def outbox(self):
        return self.rows(
            f"SELECT coalesce(sum(message_count), 0) FROM (SELECT {self.OUTBOX} FROM outbox) AS o"
        )[0][0]

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


class SQLiteBooks(StoreBooks):
    def __init__(self, file):
        self.database = sqlite3.connect(
            f"file:{file}?mode=ro", uri=True, timeout=30, check_same_thread=False)

    def close(self):
        self.database.close()

    def rows(self, sql):
        return self.database.execute(sql).fetchall()


class PostgresBooks(StoreBooks):
    def __init__(self, url, schema):
        self.command = ["psql", "-qXAt", url, "-c", f"SET search_path = {schema}", "-c"]

    def rows(self, sql):
        lines = subprocess.run(
            self.command + [f"SELECT row_to_json(line) FROM ({sql}) AS line"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if lines.returncode != 0:
            raise BooksUnreadable(lines.stderr.strip())
        return [tuple(json.loads(line).values()) for line in lines.stdout.splitlines()]


class BooksUnreadable(Exception):
    pass


def copy(store, file):
    """Keeps what the ledger is made of, whatever the engine, in a file of SQLite."""
    tables = {
        "resizes": "number, request_id, state", "timeline": "resize, event, worker",
        "ledger": "number, resize, movement_id, account, minor_units, currency, purpose",
        "payments": "resize, id, state", "outbox": store.OUTBOX,
    }
    with contextlib.closing(sqlite3.connect(file)) as kept:
        for table, columns in tables.items():
            names = columns.replace("1 AS ", "")
            kept.execute(f"CREATE TABLE {table} ({names})")
            places = ", ".join("?" * len(columns.split(", ")))
            kept.executemany(f"INSERT INTO {table} VALUES ({places})",
                             store.rows(f"SELECT {columns} FROM {table}"))
        kept.execute("CREATE INDEX by_number ON resizes (number)")
        kept.commit()


def minor_units(value):
    """The wire always writes all digits that a currency has: 197.66 USD, 20 JPY."""
    return int(value.replace(".", ""))


def movements(journal):
    """Every movement of money, as the sandbox has noted it."""
    with open(journal, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            yield Movement(line["requestId"], line["idempotencyKey"], line["kind"],
                           minor_units(line["value"]), line["currency"])
