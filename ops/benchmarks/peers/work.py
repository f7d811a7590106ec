"""What the peers in Python do with a request: decode, compute, build both events."""

import json
from fractions import Fraction

CONTENT_TYPE = "application/cloudevents+json"


def charge():
    """28 a month times 12 at 88 %, for 244 of 365 days."""
    return f"{float(round(Fraction(28 * 244 * 12 * 88, 365 * 100), 2)):.2f}"


def events(data, payment_bytes, status_bytes):
    """Payment event and status of a request, of the sizes that the worker's have."""
    base = {"requestId": data["requestId"], "instanceId": data["instanceId"]}
    payment = dict(base, amount=charge(), rest="x" * max(payment_bytes - 110, 0))
    status = dict(base, status="awaitingPayment", rest="x" * max(status_bytes - 110, 0))
    return payment, status


def encoded(event):
    return json.dumps(event, separators=(",", ":"))
