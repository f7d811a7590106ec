"""What a resize costs, computed with fractions and zoneinfo.

An independent implementation of the billing rules: it shares no code and no structure with the
Swift module, so that agreement of the two means something. One function answers one scenario (the
format of `resize-worker quote --scenarios`) with a quote or a rejection.
"""

import math
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

MONTH = Fraction(365, 12) * 86400
MINOR_DIGITS = {"USD": 2, "CNY": 2, "EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Rejection(Exception):
    """The first precondition that fails."""

    def __init__(self, code):
        self.code = code


def reject_if(condition, code):
    if condition:
        raise Rejection(code)


def instant(text):
    """Whole seconds since the epoch."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // timedelta(seconds=1)


def instant_text(seconds):
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(seconds, zone):
    return (EPOCH + timedelta(seconds=seconds)).astimezone(zone)


def anniversary(start, months, zone):
    """The instant so many calendar months after `start`, on a clock in `zone`."""
    if months == 0:
        return start
    clock = local(start, zone).replace(tzinfo=None)
    year, month0 = divmod(clock.year * 12 + clock.month - 1 + months, 12)
    first_of_next = datetime(year + month0 // 11, (month0 + 1) % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    there = clock.replace(year=year, month=month0 + 1, day=min(clock.day, last_day), fold=0)
    return (there.replace(tzinfo=zone).astimezone(timezone.utc) - EPOCH) // timedelta(seconds=1)


def full_months(start, end, zone):
    """Full calendar months from start to end, and the seconds that are left over."""
    months = 0
    while anniversary(start, months + 1, zone) <= end:
        months += 1
    return months, end - anniversary(start, months, zone)


def pay_ratio(rule, months):
    fitting = [t for t in rule.get("termTiers", []) if t["minMonths"] <= months]
    if not fitting:
        return Fraction(1)
    return Fraction(max(fitting, key=lambda t: t["minMonths"])["payRatio"])


class Case:
    """One scenario, with everything the formulas ask for."""

    def __init__(self, scenario):
        self.catalog = scenario["catalog"]
        self.instance = scenario["instance"]
        self.request = scenario["request"]
        self.now = instant(scenario["now"])
        self.product = self.catalog["products"].get(self.instance["product"])
        self.currency = self.catalog["currency"]
        self.digits = MINOR_DIGITS[self.currency]
        target = self.request["target"]
        self.old_spec = self.instance.get("spec")
        self.new_spec = target.get("spec", self.old_spec)
        self.old_units = self.instance.get("units")
        self.new_units = target.get("units", self.old_units)
        network = self.instance.get("network") or {"billing": "traffic", "mbps": 0}
        self.by_bandwidth = network["billing"] == "bandwidth"
        self.old_mbps = network["mbps"]
        self.new_mbps = target.get("mbps", self.old_mbps)
        self.orders = [self.order(o) for o in self.instance.get("orders", [])]
        self.standing = [o for o in self.orders if o["status"] != "canceled"]
        self.unfinished = [o for o in self.standing if o["end"] > self.now]

    def order(self, record):
        kind = record.get("kind", "purchase")
        start, end = instant(record["startsAt"]), instant(record["endsAt"])
        share = Fraction(0)
        if end > start:
            share = Fraction(end - max(self.now, start), end - start)
        return {
            "id": record["orderId"],
            "kind": kind,
            "start": start,
            "end": end,
            "share": share,
            "terms": 0 if kind == "resize" else record.get("terms", 1),
            "cash": Fraction(record["paidCash"]),
            "refunded": Fraction(record.get("refunded", "0")),
            "status": record.get("status", "paid"),
            "currency": record.get("currency", self.currency),
            "amounts": [
                Fraction(record[k])
                for k in ("paidCash", "paidVoucher", "refunded", "listAmount")
                if k in record
            ],
        }

    @property
    def zone(self):
        return ZoneInfo(self.product["timeZone"])

    def specification(self, name):
        return self.product.get("specs", {}).get(name, {})

    def price(self, holder, key):
        reject_if(key not in holder, "InvalidPrice")
        return Fraction(holder[key])

    def bandwidth(self, key, mbps):
        if not self.by_bandwidth or mbps == 0:
            return Fraction(0)
        return self.price(self.product.get("bandwidth", {}), key) * mbps

    def monthly(self, spec, mbps):
        return self.price(self.specification(spec), "monthly") + self.bandwidth(
            "monthlyPerMbps", mbps
        )

    def expiry(self):
        if self.standing:
            return max(o["end"] for o in self.standing)
        return instant(self.instance["expiresAt"])


def check_request(case):
    """The preconditions that need no money."""
    reject_if(case.product is None, "UnknownProduct")
    reject_if("operation" in case.instance, "OperationInProgress")
    requires = case.product.get("requires", {})
    reject_if(
        case.instance["state"] not in requires.get("states", [case.instance["state"]]),
        "InvalidInstanceState",
    )
    for disk in case.instance.get("disks", []):
        reject_if(
            disk["media"] not in requires.get("diskMedia", [disk["media"]]), "LocalDiskNotSupported"
        )
    mode = case.instance["billingMode"]
    reject_if(case.request.get("billingMode", mode) != mode, "BillingModeMismatch")
    unit = case.product.get("unit")
    if unit and "units" in case.request["target"]:
        reject_if(case.new_units < unit.get("min", 1), "BelowMinimum")
    for name in (case.old_spec, case.new_spec):
        reject_if(name is not None and name not in case.product.get("specs", {}), "UnknownSpec")
    same = (case.old_spec, case.old_units, case.old_mbps)
    reject_if(same == (case.new_spec, case.new_units, case.new_mbps), "NoChange")


def check_subscription(case):
    """The preconditions of billing up to the prices."""
    starts, expires = case.instance.get("startsAt"), case.instance.get("expiresAt")
    reject_if(starts and expires and instant(starts) >= instant(expires), "InvalidPeriod")
    reject_if(any(o["end"] <= o["start"] for o in case.orders), "InvalidPeriod")
    reject_if(not case.standing and not expires, "InvalidPeriod")
    begin = instant(starts) if starts else min((o["start"] for o in case.standing), default=None)
    reject_if(begin is not None and case.now < begin, "InvalidPeriod")
    reject_if(case.now >= case.expiry(), "InstanceExpired")
    reject_if(any(o["status"] == "unpaid" for o in case.orders), "UnpaidOrder")
    stated = [o["currency"] for o in case.standing]
    stated += [case.request[k]["currency"] for k in ("voucher", "maxCharge") if k in case.request]
    reject_if(any(c != case.currency for c in stated), "CurrencyMismatch")
    prices = [a for o in case.standing for a in o["amounts"]]
    for name in (case.old_spec, case.new_spec):
        spec = case.specification(name)
        prices += [Fraction(spec[k]) for k in ("monthly", "termPrice") if k in spec]
        prices += [Fraction(step["price"]) for step in spec.get("hourly", [])]
    prices += [Fraction(p) for p in case.product.get("bandwidth", {}).values()]
    if "unit" in case.product:
        prices.append(Fraction(case.product["unit"]["termPrice"]))
    reject_if(any(p < 0 for p in prices), "InvalidPrice")


def choose_rule(case):
    """The rule, and whether it is the one for upgrades: the sign of the money decides."""
    some = case.product.get("upgrade") or case.product.get("downgrade")
    reject_if(some is None, "InvalidPrice")
    if some["policy"] == "remainingTimeProration":
        new = case.price(case.specification(case.new_spec), "termPrice")
        old = case.price(case.specification(case.old_spec), "termPrice")
    elif some["policy"] == "unitProration":
        reject_if("unit" not in case.product, "InvalidPrice")
        each = Fraction(case.product["unit"]["termPrice"])
        new, old = each * case.new_units, each * case.old_units
    else:
        new = case.monthly(case.new_spec, case.new_mbps)
        old = case.monthly(case.old_spec, case.old_mbps)
    direction = "upgrade" if new >= old else "downgrade"
    reject_if(direction not in case.product, "InvalidPrice")
    return case.product[direction], direction == "upgrade"


def terms_left(case):
    reject_if(not case.unfinished, "InvalidPeriod")
    return sum((o["terms"] * o["share"] for o in case.unfinished), Fraction(0))


def cash_left(case):
    return sum((o["cash"] * o["share"] for o in case.unfinished), Fraction(0))


def differential(case, rule):
    difference = case.monthly(case.new_spec, case.new_mbps) - case.monthly(
        case.old_spec, case.old_mbps
    )
    expiry = case.expiry()
    if rule["policy"] == "calendarMonthDifferential":
        months, rest = full_months(case.now, expiry, case.zone)
        before = local(expiry, case.zone).replace(day=1, tzinfo=None) - timedelta(days=1)
        length = months + Fraction(rest, 86400 * before.day)
    elif rule.get("dayCount") == "calendarDays":
        days = (local(expiry, case.zone).date() - local(case.now, case.zone).date()).days
        length = days / Fraction(365, 12)
    else:
        length = (expiry - case.now) / MONTH
    return difference * length * pay_ratio(rule, length)


def stepped(case, seconds):
    """Pay-as-you-go price of so many seconds; each step holds up to its own hours."""
    steps = case.specification(case.old_spec).get("hourly", [])
    reject_if(not steps, "InvalidPrice")
    total, done, hours = Fraction(0), Fraction(0), Fraction(seconds, 3600)
    for number, step in enumerate(steps, 1):
        upto = hours if number == len(steps) else min(hours, step.get("uptoHours", hours))
        if upto > done:
            total += (upto - done) * Fraction(step["price"])
            done = upto
    return total


def unused_value(case, rule):
    """Zero or negative: never a charge."""
    periods = [o for o in case.unfinished if o["kind"] != "resize"]
    paid = sum((o["cash"] for o in periods), Fraction(0))
    resized = sum(
        (o["cash"] * o["share"] for o in case.unfinished if o["kind"] == "resize"), Fraction(0)
    )
    months, partial = 0, 0
    begun = [o["start"] for o in periods if o["start"] <= case.now]
    if "usage" in case.instance:
        months = case.instance["usage"]["fullMonths"]
        partial = case.instance["usage"]["partialSeconds"]
    elif begun:
        months, partial = full_months(min(begun), case.now, case.zone)
    used = Fraction(0)
    if months:
        used = case.monthly(case.old_spec, case.old_mbps) * months * pay_ratio(rule, months)
    if partial:
        used += stepped(case, partial)
        used += case.bandwidth("hourlyPerMbps", case.old_mbps) * Fraction(partial, 3600)
    length = (case.expiry() - case.now) / MONTH
    cost = case.monthly(case.new_spec, case.new_mbps) * length
    if rule.get("newSpecPrice", "tiered") == "tiered":
        cost *= pay_ratio(rule, length)
    return -max(Fraction(0), paid - used + resized - cost)


def remaining_time(case, rule):
    left = terms_left(case)
    value = case.price(case.specification(case.new_spec), "termPrice") * left
    if rule.get("basis", "list") == "paid":
        return value - cash_left(case)
    return value - case.price(case.specification(case.old_spec), "termPrice") * left


def units(case, is_upgrade):
    change = case.new_units - case.old_units
    if is_upgrade:
        return change * Fraction(case.product["unit"]["termPrice"]) * terms_left(case)
    reject_if(case.old_units == 0, "InvalidPrice")
    return cash_left(case) * Fraction(change, case.old_units)


def rounded(magnitude, digits):
    """Half up, in minor units."""
    scaled = magnitude * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    reject_if(units >= 2**63, "AmountTooLarge")
    return units


def money(units, digits):
    whole, rest = divmod(units, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def settle(case, exact, policy):
    """Bound, rounding, voucher, limit; and whose cash a refund is of."""
    answer = {"policy": policy, "direction": "none"}
    shares = []
    if exact < 0:
        rests = [o["cash"] - o["refunded"] for o in case.unfinished]
        exact = -min(-exact, max(Fraction(0), sum(rests, Fraction(0))))
        floors = [math.floor(rest * 10**case.digits) for rest in rests]
        amount = min(rounded(-exact, case.digits), max(0, sum(floors)))
        left = amount
        by_start = sorted(
            range(len(floors)), key=lambda i: (case.unfinished[i]["start"], i), reverse=True
        )
        for index in by_start:
            part = max(0, min(left, floors[index]))
            left -= part
            if part:
                shares.append((index, part))
        answer["direction"] = "refund" if amount else "none"
    else:
        amount = rounded(exact, case.digits)
        answer["direction"] = "charge" if amount else "none"
        if amount and "voucher" in case.request:
            voucher = int(Fraction(case.request["voucher"]["value"]) * 10**case.digits)
            applied = min(voucher, amount)
            answer["voucherApplied"] = money(applied, case.digits)
            amount -= applied
            answer["direction"] = "charge" if amount else "none"
        if "maxCharge" in case.request:
            limit = Fraction(case.request["maxCharge"]["value"]) * 10**case.digits
            reject_if(amount > limit, "ChargeAboveLimit")
    answer["amount"] = money(amount, case.digits)
    answer["exact"] = f"{exact.numerator}/{exact.denominator}"
    if shares:
        answer["of"] = [
            {"orderId": case.unfinished[i]["id"], "amount": money(part, case.digits)}
            for i, part in sorted(shares)
        ]
    return answer


def quote(case):
    check_request(case)
    nothing = {"direction": "none", "amount": money(0, case.digits), "exact": "0/1"}
    if case.instance["billingMode"] == "postpaid":
        return nothing | {"policy": "rateChange"}
    check_subscription(case)
    rule, is_upgrade = choose_rule(case)
    policy = rule["policy"]
    if policy == "unusedValueRefund":
        exact = unused_value(case, rule)
    elif policy == "remainingTimeProration":
        exact = remaining_time(case, rule)
    elif policy == "unitProration":
        exact = units(case, is_upgrade)
    elif policy == "extendExpiry":
        exact = Fraction(0)
        new = case.monthly(case.new_spec, case.new_mbps)
        old = case.monthly(case.old_spec, case.old_mbps)
        reject_if(new == 0, "InvalidPrice")
        expiry = case.now + (case.expiry() - case.now) * old // new
    else:
        exact = differential(case, rule)
    limit = case.product.get("limits", {}).get("maxDowngrades")
    if not is_upgrade and limit is not None:
        reject_if(case.instance.get("downgrades", 0) >= limit, "DowngradeLimitReached")
    if policy == "extendExpiry":
        reject_if(expiry > instant("9999-12-31T23:59:59Z"), "AmountTooLarge")
        return nothing | {"policy": policy, "newExpiresAt": instant_text(expiry)}
    return settle(case, exact, policy)


def answer(scenario):
    """The quote, or {"rejection": code}."""
    try:
        return quote(Case(scenario))
    except Rejection as rejection:
        return {"rejection": rejection.code}
