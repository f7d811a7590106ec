"""What goes wrong, in which order: drawn from a seed alone, so that a run can be repeated.

Two lanes run side by side. One has faults of what all workers share, one at a time, each of them at least
once a round; the other has faults of single workers and connections.
"""
import collections
import random

Fault = collections.namedtuple("Fault", "pause kind seconds pick")

SHARED = ("broker restarts", "broker killed", "broker stopped", "connections stall")
SINGLE = ("worker killed", "worker frozen", "worker drained", "connection cut", "connections cut")
WEIGHTS = (5, 2, 1, 8, 2)

# A broker that is killed right after its queues were made may lose their log (RabbitMQ 3.10).
SECONDS_UNTIL_QUEUES_ARE_OLD = 8


def shared_faults(seed, is_short, of_database):
    """`seconds` is how long a fault lasts; `pause` how long all is well before it."""
    dice = random.Random(f"shared {seed}")
    seconds = {"broker stopped": 6 if is_short else 30, "connections stall": 6 if is_short else 12,
               "database locked": 7 if is_short else 12, "disk full": 5 if is_short else 10}
    pause = SECONDS_UNTIL_QUEUES_ARE_OLD
    while True:
        kinds = [*SHARED, *of_database]
        dice.shuffle(kinds)
        for kind in kinds:
            yield Fault(pause, kind, seconds.get(kind, 0), dice.random())
            pause = dice.uniform(1, 3) if is_short else dice.uniform(3, 8)


def single_faults(seed, is_short):
    """`seconds` is how long the worker is away; `pick` says which one, as a part of all."""
    dice = random.Random(f"single {seed}")
    away = {"worker killed": (0.2, 1, 5, 5 if is_short else 20), "worker frozen": (2, 6, 18)}
    kinds = list(SINGLE)
    dice.shuffle(kinds)
    while True:
        for kind in kinds:
            yield Fault(dice.uniform(1, 5), kind, dice.choice(away.get(kind, (0,))), dice.random())
        kinds = dice.choices(SINGLE, WEIGHTS, k=len(SINGLE))
