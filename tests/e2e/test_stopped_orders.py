"""A regulator changes his mind while the OSNP holds a seat: no appointment is made on the old order."""

import datetime
import unittest

from boards import Board
from e2e import SuiteCase, await_until

OSNP = "osnp-un"
BOARD_SECONDS_MAX = 1


class StoppedOrders(SuiteCase):

    demo = False

    def board(self):
        board = Board(self.suite, "--role", "osnp")
        self.addCleanup(board.stop)
        return board

    def hold_for(self, order, slot):
        return self.suite.ctl("slots", "hold", slot, "--order", order, "--entry", "line_15",
                              subject=OSNP)["hold_token"]

    def test_H14_an_upgrade_ends_the_hold_and_interrupts_the_osnp_within_a_second(self):
        order = self.waiting_order(OSNP)
        ident = order.split("/")[3]
        board, slot = self.board(), self.slot()
        await_until(lambda: order in board.lines, "the order is on the OSNP's board")
        token = self.hold_for(order, slot)
        self.assert_converges(slot, "STATE_HELD")
        self.suite.ctl("call", "claim", ident)
        self.suite.ctl("call", "transfer", ident, "AMU", "Douleur thoracique au rappel")
        self.suite.ctl("call", "claim", ident, role="regulator_amu")
        decided = self.suite.ctl("call", "decide", ident, "R1", "INTER", "--resource", "SMUR.ADULT",
                                 role="regulator_amu")
        await_until(lambda: order in board.left, "the order leaves the OSNP's board")
        late = (datetime.datetime.fromisoformat(board.left[order])
                - datetime.datetime.fromisoformat(decided["create_time"])).total_seconds()
        self.assertLess(late, BOARD_SECONDS_MAX)
        # The seat is everybody's again at once, not after the two minutes of the hold.
        self.assert_converges(slot, "STATE_FREE")
        self.refused("ORDER_SUPERSEDED", self.suite.ctl, "book", slot, "--order", order, "--entry",
                     "line_15", "--hold", token, subject=OSNP)
        self.assertTrue(self.hold(slot))
        self.assertEqual(self.appointments(), [])

    def test_H14_a_booking_restarted_meanwhile_hears_of_later_ones(self):
        self.suite.kill("booking")
        self.suite.restart("booking")
        order = self.waiting_order(OSNP)
        slot = self.slot()
        self.hold_for(order, slot)
        self.suite.ctl("order", "return", order, "patient_refused", "Préfère attendre", subject=OSNP)
        self.assert_converges(slot, "STATE_FREE")


if __name__ == "__main__":
    unittest.main()
