#!/usr/bin/env python3
"""Writes a workload: N instances of the example catalogue's cvm product, and one upgrade request for each.

usage: workload.py COUNT FOLDER      -> FOLDER/inventory.jsonl, requests.jsonl (for `submit`) and
                                        events.jsonl (as they travel)
Times are relative to now; import with `inventory import --template`.
"""

import json
import os
import sys


def instance(number):
    return {
        "revision": 1,
        "instance": {
            "instanceId": f"ins-{number:07d}",
            "tenantId": f"tenant-{number % 97}",
            "product": "cvm",
            "zone": "zone-1",
            "spec": "S5.MEDIUM2",
            "billingMode": "prepaid",
            "state": "stopped",
            "disks": [
                {"role": "system", "media": "cloud", "sizeGiB": 50},
                {"role": "data", "media": "cloud", "sizeGiB": 200},
            ],
            "network": {"billing": "traffic", "mbps": 5},
            "startsAt": "now-121d",
            "expiresAt": "now+244d",
            "orders": [
                {
                    "orderId": "o-1",
                    "kind": "purchase",
                    "startsAt": "now-121d",
                    "endsAt": "now+244d",
                    "terms": 12,
                    "currency": "USD",
                    "listAmount": "201.60",
                    "paidCash": "167.33",
                    "paidVoucher": "0.00",
                    "refunded": "0.00",
                    "status": "paid",
                }
            ],
        },
    }


def request(number):
    return {
        "requestId": f"01993c3e-58d2-7c51-9b1e-{number:012d}",
        "tenantId": f"tenant-{number % 97}",
        "instanceId": f"ins-{number:07d}",
        "target": {"spec": "S5.LARGE8"},
    }


def event(number):
    """The message that `submit` makes of a request."""
    return {
        "specversion": "1.0",
        "id": f"01993c3e-58d2-7c51-8b1e-{number:012d}",
        "source": "/resize-worker/benchmark",
        "type": "resize.requested.v1",
        "subject": f"ins-{number:07d}",
        "time": "2026-01-01T00:00:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": "https://example.com/schemas/resize.requested.v1.schema.json",
        "data": request(number),
    }


def lines(make, count):
    """One JSON object a line; what changes from one to the next is its number and its tenant's."""
    template = json.dumps(make(0), separators=(",", ":"))
    for part, place in (("%012d" % 0, "@long@"), ("%07d" % 0, "@short@"), ("tenant-0", "tenant-@tenant@")):
        template = template.replace(part, place)
    template = template.replace("%", "%%")
    for place, form in (("@long@", "%(number)012d"), ("@short@", "%(number)07d"), ("@tenant@", "%(tenant)d")):
        template = template.replace(place, form)
    for number in range(count):
        yield template % {"number": number, "tenant": number % 97} + "\n"


def main():
    count, folder = int(sys.argv[1]), sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    for name, make in (("inventory", instance), ("requests", request), ("events", event)):
        with open(os.path.join(folder, name + ".jsonl"), "w", encoding="utf-8") as file:
            file.writelines(lines(make, count))


if __name__ == "__main__":
    main()
