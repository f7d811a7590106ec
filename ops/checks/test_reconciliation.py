"""The comparison finds what is planted: a ledger that cannot fail proves nothing."""
import unittest

import reconciliation
from books import Movement, Posting


def pair(request, movement, minor_units, purpose="charge", currency="USD"):
    return [Posting(request, movement, account, sign * minor_units, currency, purpose)
            for account, sign in (("cash:t", 1), ("revenue:t", -1))]


class ReconciliationTests(unittest.TestCase):
    def setUp(self):
        self.submitted = {"up", "down", "undone", "no"}
        self.states = {"up": "completed", "down": "completed", "undone": "failed", "no": "rejected"}
        self.postings = (
            pair("up", "pay_up", 19766) + pair("down", "ref_down", -4659, "downgrade")
            + pair("undone", "pay_undone", 19766)
            + pair("undone", "ref_undone", -19766, "compensation"))
        self.movements = [
            Movement("up", "pay_up", "payment", 19766, "USD"),
            Movement("down", "ref_down", "refund", 4659, "USD"),
            Movement("undone", "pay_undone", "payment", 19766, "USD"),
            Movement("undone", "ref_undone", "refund", 19766, "USD"),
        ]
        self.told = {
            "up": {("completed", "charge", 19766, "USD")},
            "down": {("completed", "refund", 4659, "USD")},
            "undone": {("failed", "charge", 19766, "USD")},
            "no": {("rejected", None, 0, None)},
        }

    def wrong(self):
        lines = [
            *reconciliation.ends(self.submitted, self.states),
            *reconciliation.money(self.postings, self.movements),
            *reconciliation.statuses(self.submitted, self.states, self.told, self.movements),
        ]
        return {line.name.strip() for line in lines if not line.is_right}

    def test_what_adds_up_is_right(self):
        self.assertEqual(self.wrong(), set())

    def test_a_request_without_a_resize_is_lost(self):
        del self.states["no"]
        self.assertEqual(self.wrong(), {"lost", "ended", "told another end"})

    def test_a_resize_that_has_not_ended(self):
        self.states["up"] = "awaitingPayment"
        self.assertLessEqual({"ended", "awaitingPayment"}, self.wrong())

    def test_a_movement_that_is_doubled(self):
        self.movements.append(self.movements[0])
        self.assertLessEqual({"moved twice", "charged twice", "charged USD, cents"}, self.wrong())

    def test_a_second_charge_under_another_key(self):
        self.movements.append(Movement("up", "pay_up_again", "payment", 19766, "USD"))
        self.assertLessEqual({"charged twice", "moved, not posted"}, self.wrong())

    def test_a_movement_that_the_payment_service_does_not_know(self):
        del self.movements[1]
        self.assertEqual(self.wrong(), {
            "posted, not moved", "refunded USD, cents", "paid other than quoted", "net USD, cents"})

    def test_a_cent_more_than_was_moved(self):
        self.postings[0:2] = pair("up", "pay_up", 19767)
        self.assertEqual(self.wrong(), {"posted with another amount", "charged USD, cents"})

    def test_a_posting_without_its_other_side(self):
        del self.postings[1]
        self.assertEqual(self.wrong(), {"not two balanced postings"})

    def test_a_failed_resize_whose_payment_was_not_given_back(self):
        del self.movements[3], self.postings[6:8]
        self.assertEqual(self.wrong(), {"paid other than quoted", "net USD, cents"})

    def test_amounts_that_only_add_up_together(self):
        self.told["up"] = {("completed", "charge", 19765, "USD")}
        self.told["down"] = {("completed", "refund", 4658, "USD")}
        self.assertEqual(self.wrong(), {"paid other than quoted"})

    def test_an_end_that_nobody_was_told(self):
        del self.told["no"]
        self.assertEqual(self.wrong(), {"told no end"})

    def test_two_ends_told_of_one_request(self):
        self.told["no"].add(("failed", None, 0, None))
        self.assertEqual(self.wrong(), {"told two ends", "told another end"})


if __name__ == "__main__":
    unittest.main()
