"""Makes an HdrHistogram of latencies: microseconds, one a line, on standard input.

Prints JSON: percentiles in milliseconds, and the histogram in HdrHistogram's own encoding (V2, compressed),
which its tools read and add up. Runs in the benchmarks' virtual environment, which has the package hdrhistogram.
"""

import json
import sys

from hdrh.histogram import HdrHistogram

LONGEST_MICROSECONDS = 3600 * 1_000_000
DIGITS = 3  # that are kept of each value
SHARES = (50, 99, 99.9)


def histogram_of(values):
    histogram = HdrHistogram(1, LONGEST_MICROSECONDS, DIGITS)
    for value in values:
        if not histogram.record_value(max(value, 1)):
            raise SystemExit(f"a latency of {value} µs is beyond the histogram")
    return histogram


def summary(histogram):
    shares = {f"p{share}": histogram.get_value_at_percentile(share) / 1000 for share in SHARES}
    return shares | {
        "max": histogram.get_max_value() / 1000,
        "requests": histogram.get_total_count(),
        "histogram": histogram.encode().decode("ascii"),
    }


if __name__ == "__main__":
    print(json.dumps(summary(histogram_of(map(int, sys.stdin)))))
