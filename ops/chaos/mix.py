"""The requests of a run and their instances: charges, refunds, and what is rejected."""
import json
import os

from workload import instance, request

USD = "USD"


def money(value):
    return {"currency": USD, "value": value}


def request_of(number):
    """Of twenty: 11 charged, 3 refunded, 2 with vouchers, 1 for an instance that is taken, 1 dry run,
    1 above its limit, 1 for an instance that is not there."""
    wanted = request(number)
    kind = number % 20
    if 11 <= kind <= 13:
        wanted["target"] = {"spec": "S5.SMALL1"}
    elif kind == 14:
        wanted["voucher"] = money("50.00")
    elif kind == 15:
        wanted["voucher"] = money("500.00")
    elif kind == 16:
        other = request(number - 16)
        wanted.update(instanceId=other["instanceId"], tenantId=other["tenantId"])
    elif kind == 17:
        wanted["dryRun"] = True
    elif kind == 18:
        wanted["maxCharge"] = money("100.00")
    elif kind == 19:
        wanted["instanceId"] = f"nowhere-{number}"
    return wanted


def is_charged(number):
    return number % 20 <= 10


def write_inventory(count, file):
    with open(file, "w", encoding="utf-8") as lines:
        for number in range(count):
            if number % 20 not in (16, 19):
                lines.write(json.dumps(instance(number), separators=(",", ":")) + "\n")


def write_requests(numbers, file):
    with open(file, "w", encoding="utf-8") as lines:
        for number in numbers:
            lines.write(json.dumps(request_of(number), separators=(",", ":")) + "\n")
    return os.path.abspath(file)
