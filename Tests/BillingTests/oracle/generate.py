#!/usr/bin/env python3
"""Writes random scenarios with the answers of rules.py, one JSON object a line.

    generate.py COUNT [SEED] > scenarios.jsonl
    generate.py --check FILE     compare the expected answers of a file with rules.py
"""

import json
import random
import sys
from datetime import timedelta, timezone

import rules

ZONES = (
    "UTC Asia/Shanghai Europe/Berlin America/New_York Australia/Lord_Howe America/Sao_Paulo "
    "Africa/Casablanca Pacific/Apia Asia/Kathmandu America/St_Johns Africa/Cairo Europe/Dublin"
).split()
CURRENCIES = ["USD"] * 4 + ["CNY", "EUR", "JPY", "KWD", "CLF"]
DAY = 86400
POLICIES = [
    ("dailyDifferential", "unusedValueRefund"),
    ("dailyDifferential", "dailyDifferential"),
    ("dailyDifferential", "extendExpiry"),
    ("calendarMonthDifferential", "calendarMonthDifferential"),
    ("calendarMonthDifferential", "unusedValueRefund"),
    ("remainingTimeProration", "remainingTimeProration"),
    ("remainingTimeProration", "unusedValueRefund"),
    ("unitProration", "unitProration"),
]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, part):
        return self.random.random() < part

    def decimal(self, largest, digits=2):
        digits = self.random.choice([0, digits, digits, digits, 6])
        units = self.random.randint(0, largest * 10**digits)
        return rules.money(units, digits)

    def text(self, seconds):
        """An instant, in any offset."""
        if self.chance(0.7):
            return rules.instant_text(seconds)
        zone = timezone(timedelta(minutes=self.random.choice([-570, -180, 60, 345, 480, 840])))
        return rules.local(seconds, zone).isoformat()

    def tiers(self):
        tiers = []
        months = 0
        for _ in range(self.random.randint(0, 4)):
            months += self.random.randint(1, 9)
            ratio = self.random.randint(30, 120)
            tiers.append({"minMonths": months, "payRatio": rules.money(ratio, 2)})
        self.random.shuffle(tiers)
        return tiers

    def rule(self, policy):
        rule = {"policy": policy}
        if policy == "dailyDifferential":
            rule["dayCount"] = self.random.choice(["exactSeconds", "calendarDays"])
        if policy == "unusedValueRefund":
            rule["newSpecPrice"] = self.random.choice(["tiered", "list"])
        if policy == "remainingTimeProration":
            rule["basis"] = self.random.choice(["list", "paid"])
        if policy not in ("remainingTimeProration", "unitProration", "extendExpiry"):
            rule["termTiers"] = self.tiers()
        return rule

    def hourly(self):
        steps, upto = [], 0
        for _ in range(self.random.randint(0, 3)):
            upto += self.random.randint(1, 400)
            steps.append({"uptoHours": upto, "price": self.decimal(1, 3)})
        return steps + [{"price": self.decimal(1, 4)}]

    def product(self, policies):
        product = {
            "timeZone": self.random.choice(ZONES),
            "upgrade": self.rule(policies[0]),
            "downgrade": self.rule(policies[1]),
        }
        if self.chance(0.3):
            product["requires"] = {"states": ["stopped"], "diskMedia": ["cloud"]}
        if self.chance(0.3):
            product["limits"] = {"maxDowngrades": self.random.randint(0, 6)}
        if "unitProration" in policies:
            least = self.random.randint(1, 5)
            product["unit"] = {"name": "CU", "termPrice": self.decimal(500), "min": least}
        else:
            product["specs"] = {
                name: {
                    "monthly": self.decimal(300),
                    "termPrice": self.decimal(500, 3),
                    "hourly": self.hourly(),
                }
                for name in ("small", "large")
            }
        if self.chance(0.6):
            product["bandwidth"] = {
                "monthlyPerMbps": self.decimal(20),
                "hourlyPerMbps": self.decimal(1, 3),
            }
        return product

    def order(self, number, start, end, kind):
        order = {
            "orderId": f"o-{number}",
            "kind": kind,
            "startsAt": self.text(start),
            "endsAt": self.text(end),
            "paidCash": self.decimal(3000),
        }
        if kind == "purchase" and self.chance(0.5):
            del order["kind"]
        if kind != "resize" and self.chance(0.6):
            order["terms"] = self.random.choice([1, 1, 2, 3, 12, 24])
        if self.chance(0.3):
            order["paidVoucher"] = self.decimal(50)
        if self.chance(0.3):
            order["refunded"] = self.decimal(400)
        if self.chance(0.2):
            order["currency"] = self.currency
        if self.chance(0.05):
            order["status"] = "canceled"
        return order

    def orders(self, now):
        """Stacked periods, now and then with holes, overlaps and resizes."""
        length = self.random.choice([30 * DAY, 365 * DAY, 0])
        count = self.random.choice([1, 1, 1, 2, 2, 3, 4, 6])
        if self.chance(0.03):
            count = self.random.choice([12, 40])
        lengths = [length or self.random.randint(1, 900 * DAY) for _ in range(count)]
        start = now - self.random.randint(0, max(1, sum(lengths) - 1))
        orders = []
        for number, span in enumerate(lengths, 1):
            kind = "purchase" if number == 1 else "renewal"
            orders.append(self.order(number, start, start + span, kind))
            start += span
            if self.chance(0.2):
                start += self.random.randint(-span // 2, 20 * DAY)
        for number in range(self.random.choice([0, 0, 0, 1, 2])):
            begun = now - self.random.randint(0, 200 * DAY)
            orders.append(self.order(f"r{number}", begun, max(start, begun + 1), "resize"))
        return orders

    def scenario(self, number):
        now = self.random.randint(1_104_537_600, 2_051_222_400)
        if self.chance(0.3):
            now -= now % DAY
        self.currency = self.random.choice(CURRENCIES)
        policies = self.random.choice(POLICIES)
        product = self.product(policies)
        orders = self.orders(now)
        instance = {
            "instanceId": "ins-1",
            "tenantId": "tenant-1",
            "product": "cvm",
            "billingMode": "prepaid",
            "state": "stopped",
            "disks": [{"role": "system", "media": "cloud", "sizeGiB": 50}],
            "orders": orders,
        }
        target = {}
        if "unit" in product:
            instance["units"] = self.random.randint(product["unit"]["min"], 200)
            target["units"] = self.random.randint(product["unit"]["min"], 200)
        else:
            instance["spec"], target["spec"] = self.random.sample(["small", "large"], 2)
        if self.chance(0.4):
            kind = self.random.choice(["traffic", "bandwidth", "bandwidth"])
            instance["network"] = {"billing": kind, "mbps": self.random.randint(0, 100)}
            if self.chance(0.5):
                target["mbps"] = self.random.randint(0, 100)
        if self.chance(0.2):
            instance["usage"] = {
                "fullMonths": self.random.randint(0, 14),
                "partialSeconds": self.random.choice([0, self.random.randint(1, 2_700_000)]),
            }
        if self.chance(0.3):
            instance["downgrades"] = self.random.randint(0, 6)
        request = {
            "requestId": "req-1",
            "instanceId": "ins-1",
            "tenantId": "tenant-1",
            "target": target,
        }
        for key, largest in (("voucher", 500), ("maxCharge", 5000)):
            if self.chance(0.25):
                digits = rules.MINOR_DIGITS[self.currency]
                value = rules.money(self.random.randint(0, largest * 10**digits), digits)
                request[key] = {"currency": self.currency, "value": value}
        scenario = {
            "id": f"random-{number}",
            "now": self.text(now),
            "catalog": {
                "name": "random",
                "currency": self.currency,
                "products": {"cvm": product},
            },
            "instance": instance,
            "request": request,
        }
        if self.chance(0.2):
            self.spoil(scenario)
        return scenario

    def spoil(self, scenario):
        """Makes one thing wrong, or at least unusual."""
        instance, request = scenario["instance"], scenario["request"]
        product = scenario["catalog"]["products"]["cvm"]
        order = self.random.choice(instance["orders"])
        spec = self.random.choice(list(product.get("specs", {"": {}}).values()))
        now = rules.instant(scenario["now"])
        self.random.choice(
            [
                lambda: instance.update(product="nothing"),
                lambda: instance.update(operation="resize"),
                lambda: instance.update(state="running"),
                lambda: instance["disks"].append({"role": "data", "media": "local"}),
                lambda: request.update(billingMode="postpaid"),
                lambda: instance.update(billingMode="postpaid"),
                lambda: request["target"].update(units=0),
                lambda: request["target"].update(spec="huge"),
                lambda: request.update(
                    target={k: instance[k] for k in ("spec", "units") if k in instance}
                ),
                lambda: order.update(endsAt=order["startsAt"]),
                lambda: instance.update(startsAt=self.text(now + 1)),
                lambda: instance.update(startsAt=self.text(now), expiresAt=self.text(now)),
                lambda: instance.update(orders=[]),
                lambda: instance.update(orders=[], expiresAt=self.text(now + 5_000_001)),
                lambda: instance.update(orders=[], expiresAt=self.text(now)),
                lambda: order.update(status="unpaid"),
                lambda: [o.update(status="canceled") for o in instance["orders"]],
                lambda: order.update(currency="GBP"),
                lambda: request.update(voucher={"currency": "GBP", "value": "1"}),
                lambda: request.update(maxCharge={"currency": "GBP", "value": "1"}),
                lambda: request.update(maxCharge={"currency": self.currency, "value": "0"}),
                lambda: order.update(paidCash="-1"),
                lambda: order.update(paidCash="37.7149"),
                lambda: spec.update(monthly="0", termPrice="0"),
                lambda: spec.update(monthly="-0.5"),
                lambda: spec.update(monthly="999999999999999999", termPrice="999999999999999999"),
                lambda: spec.update(monthly="0.000000000000000001"),
                lambda: spec.update(hourly=[]),
                lambda: spec.pop("monthly", None),
                lambda: spec.pop("termPrice", None),
                lambda: product.pop("bandwidth", None),
                lambda: product.pop("downgrade"),
                lambda: product.pop("upgrade"),
                lambda: product.update(limits={"maxDowngrades": 0}),
                lambda: instance.update(units=0) if "unit" in product else None,
            ]
        )()


def check(path):
    """Compares the answers a file expects with those of the rules."""
    wrong = 0
    for line in open(path, encoding="utf-8"):
        scenario = json.loads(line)
        mine = rules.answer(scenario)
        for key, value in scenario["expected"].items():
            if mine.get(key) != value:
                wrong += 1
                print(f"{scenario['id']}: {key} is {mine.get(key)}, expected {value}")
    return 1 if wrong else 0


def main(arguments):
    if arguments[:1] == ["--check"]:
        return check(arguments[1])
    count = int(arguments[0])
    maker = Maker(int(arguments[1]) if len(arguments) > 1 else 1)
    for number in range(1, count + 1):
        scenario = maker.scenario(number)
        scenario["expected"] = rules.answer(scenario)
        print(json.dumps(scenario, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
