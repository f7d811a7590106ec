"""Compares what database, payment service and statuses say of the same requests and money."""
import collections

import books

Line = collections.namedtuple("Line", "name value is_right", defaults=(True,))


def report(lines):
    """Prints a line each, and what is wrong; answers the exit code."""
    for name, value, is_right in lines:
        print(f"  {name:<30} {value}{'' if is_right else '   <-- wrong'}")
    wrong = [line.name.strip() for line in lines if not line.is_right]
    print("all is right" if not wrong else "WRONG: " + ", ".join(wrong))
    return 1 if wrong else 0


def none_of(name, offenders):
    """A line that is right if there are no offenders, and names the first few of them if there are."""
    offenders = sorted(offenders)
    examples = f" ({', '.join(map(str, offenders[:3]))})" if offenders else ""
    return Line(name, f"{len(offenders):,}{examples}", not offenders)


def ends(submitted, states):
    """Every request has ended, and nothing has that nobody asked for."""
    counts = collections.Counter(states.values())
    ended = sum(counts[state] for state in books.ENDS)
    yield Line("submitted", f"{len(submitted):,}")
    yield Line("ended", f"{ended:,}", ended == len(submitted))
    for state, count in counts.most_common():
        yield Line("  " + state, f"{count:,}", state in books.ENDS)
    yield none_of("lost", submitted - states.keys())
    yield none_of("asked for by nobody", states.keys() - submitted)


def money(postings, movements):
    """Ledger and payment service have the same movements, each once, with the same amounts."""
    movements = list(movements)
    by_key = collections.Counter(movement.key for movement in movements)
    kinds = collections.Counter(movement.kind for movement in movements)
    yield Line("movements by key", f"{len(by_key):,} ({kinds['payment']:,} charges,"
                                   f" {kinds['refund']:,} refunds)")
    yield none_of("moved twice", (key for key, count in by_key.items() if count > 1))
    charges = collections.Counter(
        movement.request for movement in movements if movement.kind == "payment")
    yield none_of("charged twice", (request for request, count in charges.items() if count > 1))

    posted = collections.defaultdict(list)
    for posting in postings:
        posted[posting.movement].append(posting)
    yield none_of("moved, not posted", by_key.keys() - posted.keys())
    yield none_of("posted, not moved", posted.keys() - by_key.keys())
    yield none_of("not two balanced postings", (
        key for key, pair in posted.items() if not is_balanced_pair(pair)))
    yield none_of("posted with another amount", {
        movement.key for movement in movements
        if movement.key in posted and cash_side(posted[movement.key]) != owed(movement)})
    yield from sums(postings, movements)


def sums(postings, movements):
    """The sums of each currency, by the ledger and by the payment service."""
    ledger, moved = collections.Counter(), collections.Counter()
    for posting in postings:
        if posting.account.startswith("cash:"):
            ledger[posting.currency, posting.minor_units > 0] += posting.minor_units
    for movement in movements:
        currency, amount = owed(movement)
        moved[currency, amount > 0] += amount
    for currency, is_charge in sorted(ledger.keys() | moved.keys(), key=lambda key: (key[0], not key[1])):
        ours, theirs = ledger[currency, is_charge], moved[currency, is_charge]
        yield Line(f"{'charged' if is_charge else 'refunded'} {currency}, cents",
                   f"{abs(ours):,} posted, {abs(theirs):,} moved", ours == theirs)


def is_balanced_pair(pair):
    return (len(pair) == 2 and sum(posting.minor_units for posting in pair) == 0
            and len({posting.currency for posting in pair}) == 1)


def cash_side(pair):
    """Currency and minor units by which a movement debits cash."""
    for posting in pair:
        if posting.account.startswith("cash:"):
            return posting.currency, posting.minor_units
    return None


def owed(movement):
    sign = 1 if movement.kind == "payment" else -1
    return movement.currency, sign * movement.minor_units


def statuses(submitted, states, told, movements):
    """What listeners were told agrees with the database, and its quotes with the money that moved.

    `told`: by request, the set of (status, direction, minor units, currency) of all ends it was told.
    """
    yield none_of("told no end", (request for request in submitted if request not in told))
    yield none_of("told two ends", (request for request, ends in told.items() if len(ends) > 1))
    yield none_of("told another end", (
        request for request, ends in told.items()
        if any(status != states.get(request) for status, *_ in ends)))

    balance = collections.Counter()
    for movement in movements:
        currency, amount = owed(movement)
        balance[movement.request, currency] += amount
    quoted = collections.Counter()
    for request, ends in told.items():
        for status, direction, amount, currency in ends:
            if status == "completed" and direction != "none":
                quoted[request, currency] += amount if direction == "charge" else -amount
    yield none_of("paid other than quoted", (
        request for request, currency in balance.keys() | quoted.keys()
        if balance[request, currency] != quoted[request, currency]))
    for currency in sorted({currency for _, currency in balance.keys() | quoted.keys()}):
        net = [sum(count for (_, of), count in counter.items() if of == currency)
               for counter in (quoted, balance)]
        yield Line(f"net {currency}, cents", f"{net[0]:,} quoted, {net[1]:,} moved",
                   net[0] == net[1])
