#!/usr/bin/env python3
"""Writes offsets and local times of zones as zoneinfo sees them, for Vectors/zones.txt.

Each line: zone, seconds since the epoch, offset there, then a local time as seconds a clock counts,
and the instant zoneinfo reads it as (fold 0: a skipped or repeated time has the offset before).
"""

import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ZONES = (
    "UTC Asia/Shanghai Europe/Berlin America/New_York Australia/Lord_Howe America/Sao_Paulo "
    "Africa/Casablanca Pacific/Apia Asia/Kathmandu America/St_Johns Europe/Dublin Asia/Tehran "
    "Asia/Jerusalem Pacific/Kwajalein Antarctica/Troll"
).split()
# Their rules have not changed for long, and are not expected to before the tests are read.
LASTING = {"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}
YEAR = 31_556_952


def offset(seconds, zone):
    return (EPOCH + timedelta(seconds=seconds)).astimezone(zone).utcoffset() // timedelta(seconds=1)


def instant(local, zone):
    clock = (EPOCH + timedelta(seconds=local)).replace(tzinfo=zone, fold=0)
    return (clock.astimezone(timezone.utc) - EPOCH) // timedelta(seconds=1)


def change(low, high, zone):
    """An instant at which the offset changes, if it differs at both ends."""
    if offset(low, zone) == offset(high, zone):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if offset(middle, zone) == offset(low, zone):
            low = middle
        else:
            high = middle
    return high


def main():
    maker = random.Random(3)
    for name in ZONES:
        zone = ZoneInfo(name)
        moments = []
        last = 430 * YEAR if name in LASTING else 54 * YEAR
        for _ in range(24):
            moment = maker.randrange(-50 * YEAR, last)
            found = change(moment, moment + YEAR // 2, zone)
            if found is not None:
                moments += [found - 1, found, found + 1800]
            moments.append(moment)
        for moment in moments:
            local = moment + offset(moment, zone) + maker.choice([0, 0, -1800, 900, 3600])
            print(name, moment, offset(moment, zone), local, instant(local, zone))


if __name__ == "__main__":
    main()
