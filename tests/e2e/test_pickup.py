"""The ARM's queue: a call rings, rings off, rings again, is picked up and becomes a dossier."""

import shutil
import unittest

from boards import Board, Room
from e2e import BIN, Refused, await_until

# Without a commune: its name is asked from slots, which is not there.
CALLER = ("--motif", "M03.14", "--age", "45y", "--mobility", "own_transport")


class Pickup(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / cls.__name__
        shutil.rmtree(folder, ignore_errors=True)
        cls.suite = cls.enterClassContext(Room(BIN, folder=folder))
        cls.suite.start()

    def refused(self, reason, act, *arguments, **options):
        with self.assertRaises(Refused) as caught:
            act(*arguments, **options)
        self.assertEqual(caught.exception.reason, reason, caught.exception.answer)

    def call(self, *words, **actor):
        return self.suite.ctl("call", *words, **actor)

    def ringing(self):
        return self.call("ringing").get("waiting_calls", [])

    def figure(self, kpi):
        """Numerator and denominator."""
        told, = self.suite.ctl("kpi", "--last", "1h", "--id", kpi, role="supervisor")["kpis"]
        return told["figures"][0].get("numerator", 0), told["figures"][0].get("denominator", 0)

    def test_who_rang_before_is_picked_up_first_and_his_dossier_has_the_true_hours(self):
        before = {kpi: self.figure(kpi) for kpi in ("K01", "K03")}
        board = Board(self.suite, "--role", "arm")
        self.addCleanup(board.stop)
        first = self.call("announce", "tel-1", "--phone", "+33199000081", "--origine", "116117")
        self.assertNotIn("phone_number", first)
        await_until(lambda: board.lines.get(first["name"], {}).get("column") == "COLUMN_RINGING",
                    lambda: f"it rings on the board: {board.lines}")
        self.call("hangup", "--reference", "tel-1")
        stranger = self.call("announce", "tel-2", "--phone", "+33199000082")
        again = self.call("announce", "tel-3", "--phone", "+33199000081", "--origine", "116117",
                          "--dialled", "116117")
        self.assertEqual(again["call_count"], 2)
        self.assertEqual([each["name"] for each in self.ringing()], [again["name"], stranger["name"]])
        picked = self.call("pickup")
        self.assertEqual((picked["name"], picked["phone_number"]), (again["name"], "+33199000081"))
        self.refused("CALL_PICKED_UP", self.call, "pickup", again["name"], subject="arm-2")
        # The process dies between pick-up and dossier: nothing of the call is lost.
        self.suite.kill("regulation")
        self.suite.restart("regulation")
        case = self.call("open", *CALLER, "--entry", "line_116117", "--ringing", again["name"])
        origin = case["origin"]
        self.assertEqual(origin["arrival_time"], picked["arrival_time"])
        self.assertEqual(origin["pickup_time"], picked["pickup_time"])
        self.assertEqual((origin["origine_code"], origin["dialled_number"], origin["caller_phone_number"]),
                         ("116117", "116117", "+33199000081"))
        self.refused("WAITING_CALL_USED", self.call, "open", *CALLER, "--ringing", again["name"])
        # Answered once, and lost once before: both were presented.
        after = {kpi: self.figure(kpi) for kpi in ("K01", "K03")}
        for kpi in before:
            self.assertEqual((after[kpi][0] - before[kpi][0], after[kpi][1] - before[kpi][1]), (1, 2), kpi)
        await_until(lambda: set(each["name"] for each in board.lines.values()
                                if each["column"] == "COLUMN_RINGING") == {stranger["name"]},
                    lambda: f"the stranger still rings: {board.lines}")
        self.assertEqual(board.faults, [])
        self.assertEqual(board.doubts, [])
        # He hangs up: somebody calls him back, and nobody else meanwhile.
        lost = self.call("hangup", stranger["name"])
        self.assertEqual(lost["state"], "STATE_LOST")
        entry, = self.suite.ctl("lost", "list")["lost_calls"]
        self.assertEqual((entry["name"], entry["phone_number"]), (lost["lost_call"], "+33199000082"))
        self.suite.ctl("lost", "claim", entry["name"], role="arm", subject="arm-1")
        self.refused("LOST_CALL_ALREADY_CLAIMED", self.suite.ctl, "lost", "called", entry["name"],
                     "no_answer", role="arm", subject="arm-2")
        told = self.suite.ctl("lost", "called", entry["name"], "reached", role="arm", subject="arm-1")
        self.assertEqual(told["state"], "STATE_DONE")


if __name__ == "__main__":
    unittest.main()
