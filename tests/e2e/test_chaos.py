"""The short kill test: a few deaths under load. The long one is `tools/test chaos`."""

import collections
import contextlib
import pathlib
import random
import tempfile
import types
import unittest

import chaos
from agenda_chaos import AgendaChaos
from e2e import Suite, SuiteCase
from run_chaos import SLOTS, chosen_slots

KILLS = 14
# Where a crash leaves most behind; the long test visits every point.
POINTS = [("booking", "booking.confirm.prepared"), ("booking", "booking.confirm.inserted"),
          ("booking", "booking.confirm.done"), ("booking", "booking.relay.sent"),
          ("booking", "booking.move.prepared"), ("booking", "booking.move.done"),
          ("booking", "ledger.committed"), ("slots", "slots.prepare.done"),
          ("slots", "slots.commit.committed"), ("slots", "slots.load.opened")]
# Those that need a platform, or a practice that takes a booked slot back.
AGENDA_POINTS = [("booking", "booking.source.asked"), ("booking", "booking.source.written"),
                 ("booking", "booking.source.heard"), ("booking", "booking.displaced.asked"),
                 ("booking", "booking.displaced.put"), ("slots", "slots.source.answered")]


class Chaos(SuiteCase):

    demo = False
    seed = random.SystemRandom().randrange(1_000_000)

    def test_H23_H24_H26_nothing_acknowledged_is_lost_and_no_seat_is_sold_twice(self):
        run = chaos.Chaos(self.suite, chosen_slots(self.suite, SLOTS), self.seed)
        report = run.run(KILLS, POINTS)
        print(report["summary"], report["rto_ms"], flush=True)
        self.assertEqual(report["violations"], {}, f"seed {self.seed}")
        self.assertEqual(report["summary"]["kills"], KILLS)
        for done in ("booked", "moved", "cancelled"):
            self.assertGreater(report["summary"][done], 0)


class AgendasChaos(SuiteCase):

    demo = False
    seconds = 175  # Of leases that dead workers leave.
    seed = random.SystemRandom().randrange(1_000_000)

    def test_H27_H28_S2_44_where_others_decide_nothing_is_lost_and_nothing_is_done_twice(self):
        # Beside those who book at platforms a few clerks will do: it runs beside other tests.
        run = AgendaChaos(self.suite, chosen_slots(self.suite, SLOTS), self.seed, clerks=3)
        report = run.run(chaos.enough(0, AGENDA_POINTS), AGENDA_POINTS)
        print(report["summary"], report["rto_ms"], flush=True)
        self.assertEqual(report["violations"], {}, f"seed {self.seed}")
        self.assertEqual(set(AGENDA_POINTS) - {(kill.victim, kill.point) for kill in run.kills}, set())
        for done in ("confirmed", "reported", "displaced", "settled"):
            self.assertGreater(report["summary"][done], 0)


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class PostgresChaos(SuiteCase):

    demo = False
    ledger = "postgres"
    seed = random.SystemRandom().randrange(1_000_000)

    def test_H23_the_database_dies_under_load(self):
        run = chaos.Chaos(self.suite, chosen_slots(self.suite, SLOTS), self.seed)
        report = run.run(6, [("booking", "ledger.before_fsync"), ("booking", "ledger.committed")])
        print(report["summary"], report["rto_ms"], flush=True)
        self.assertEqual(report["violations"], {}, f"seed {self.seed}")


class Checker(unittest.TestCase):
    """What the kill tests look for, on histories that have it: a check that finds nothing proves nothing."""

    SLOT = "regions/r/sites/s/slots/a"

    def found(self, acts, appointments, seats=None, redis=None):
        """Kinds of violations. `acts` as (act, attempt, ok, more); `appointments` as rows."""
        with tempfile.TemporaryDirectory() as folder:
            suite = types.SimpleNamespace(
                folder=pathlib.Path(folder), ledger="sqlite",
                rows=lambda service, query: appointments if service == "booking" else (
                    self.live(appointments) if seats is None else seats),
                redis=lambda *command: "\n".join(
                    word for slot, seat, name in (
                        self.live(appointments) if redis is None else redis)
                    for word in (f"{seat}:state", "taken", f"{seat}:appointment", name)))
            run = chaos.Chaos(suite, [self.SLOT], seed=1)
            run._settle = lambda: None  # pylint: disable=protected-access
            versions = collections.Counter()
            for at, (act, attempt, ok, more) in enumerate(acts, 1):
                versions[attempt] += ok
                run.journal.lines.append({
                    "at": at, "first": at, "sent": at, "act": act, "attempt": attempt, "ok": ok,
                    "open": [], "reason": None if ok else "HOLD_LOST", "slot": self.SLOT, "seat": "0",
                    "name": f"n{attempt}", "from": f'"{versions[attempt] - ok}"',
                    "etag": f'"{versions[attempt]}"', **more})
            return {kind for kind, each in run.verify().items() if each}

    @staticmethod
    def live(appointments):
        return [(slot, seat, name) for name, slot, seat, state, *_ in appointments if state != "5"]

    def row(self, attempt, version="1", state="2", seat="0"):
        return (f"n{attempt}", self.SLOT, seat, state, version, f"idel-{attempt}")

    def test_a_good_history_shows_nothing(self):
        acts = [("book", "1", True, {}), ("cancel", "1", True, {}), ("book", "2", True, {}),
                ("move", "2", True, {"seat": "1"}), ("move", "2", False, {}), ("book", "3", True, {}),
                ("book", "4", False, {}), ("repeat", "2", True, {"told": "n2", "first": "n2"})]
        self.assertEqual(self.found(acts, [self.row("1", "2", "5"), self.row("2", "2", seat="1"),
                                           self.row("3")]), set())

    def test_what_was_acknowledged_and_is_gone_shows(self):
        booked = ("book", "1", True, {})
        cancelled = [booked, ("cancel", "1", True, {})]
        self.assertEqual(self.found([booked], []), {"acked_missing"})
        self.assertEqual(self.found(cancelled, [self.row("1")]), {"acked_missing"})
        self.assertEqual(self.found(cancelled, [self.row("1", "2")]), {"misplaced"})
        self.assertEqual(self.found([booked], [self.row("1", "1", "5")]), {"misplaced"})

    def test_a_move_that_was_lost_or_is_elsewhere_shows(self):
        acts = [("book", "1", True, {}), ("move", "1", True, {"seat": "1"})]
        self.assertEqual(self.found(acts, [self.row("1", "2", seat="1")]), set())
        self.assertEqual(self.found(acts, [self.row("1")]), {"acked_missing"})
        for seat in ("0", "2"):
            self.assertEqual(self.found(acts, [self.row("1", "2", seat=seat)]), {"misplaced"})
        # There and back again: the place alone would not tell.
        back = acts + [("move", "1", True, {})]
        self.assertEqual(self.found(back, [self.row("1", "3")]), set())
        self.assertEqual(self.found(back, [self.row("1")]), {"acked_missing"})

    def test_a_move_that_was_done_twice_or_refused_and_done_shows(self):
        booked = ("book", "1", True, {})
        self.assertEqual(self.found([booked, ("move", "1", True, {})], [self.row("1", "3")]),
                         {"changed_without_ack"})
        self.assertEqual(self.found([booked, ("move", "1", False, {})], [self.row("1", "2")]),
                         {"changed_without_ack"})
        # Two screens moved it from one version, and both were told that they had.
        both = [booked, ("move", "1", True, {}), ("move", "1", True, {"from": '"1"'})]
        self.assertEqual(self.found(both, [self.row("1", "3")]), {"misplaced"})
        self.assertEqual(self.found(both, [self.row("1", "2")]), {"acked_missing"})

    def test_two_on_one_seat_show_in_the_ledger_and_in_the_journal(self):
        both = [("book", "1", True, {}), ("book", "2", True, {})]
        self.assertIn("doubles", self.found(both, [self.row("1"), self.row("2")]))
        # The ledger has only one of them, but both were told.
        self.assertIn("doubles", self.found(both, [self.row("2")]))
        self.assertIn("doubles", self.found(both + [("cancel", "1", True, {})],
                                            [self.row("1", "2", "5"), self.row("2")]))

    def test_a_seat_is_taken_from_its_move_until_it_is_left(self):
        moved = [("book", "1", True, {}), ("book", "2", True, {"seat": "1"}),
                 ("move", "1", True, {"seat": "1"})]
        rows = [self.row("1", "2", seat="1"), self.row("2", seat="1")]
        self.assertIn("doubles", self.found(moved, rows))
        # The second one went where the first one still was.
        gone = [("book", "1", True, {}), ("book", "2", True, {}), ("move", "1", True, {"seat": "1"})]
        rows = [self.row("1", "2", seat="1"), self.row("2")]
        self.assertEqual(self.found(gone, rows), {"doubles"})
        self.assertEqual(self.found([gone[0], gone[2], gone[1]], rows), set())

    def test_what_nobody_asked_for_or_was_refused_shows(self):
        self.assertEqual(self.found([], [self.row("1")]), {"booked_without_request"})
        self.assertEqual(self.found([("book", "1", False, {})], [self.row("1")]),
                         {"refused_but_booked", "booked_without_request"})

    def test_what_a_platform_did_is_there_once(self):
        acts = [("book", "1", True, {}), ("confirm", "1", True, {})]
        self.assertEqual(self.found(acts, [self.row("1", "2")]), set())
        self.assertEqual(self.found(acts, [self.row("1", "1")]), {"acked_missing"})
        self.assertEqual(self.found(acts, [self.row("1", "3")]), {"changed_without_ack"})
        for given_up in ([("cancel", "1", True, {}), ("told", "1", True, {})], [("ended", "1", True, {})]):
            version = str(len(acts + given_up))
            self.assertEqual(self.found(acts + given_up, [self.row("1", version, "5")]), set())
            self.assertEqual(self.found(acts + given_up, [self.row("1", version)]), {"misplaced"})
            self.assertEqual(self.found([*acts, *given_up, ("book", "2", True, {})],
                                        [self.row("1", version, "5"), self.row("2")]), set())
        # Nobody has seen that it was confirmed.
        self.assertEqual(self.found([acts[0], ("confirm", "1", False, {"unresolved": True})],
                                    [self.row("1")]), {"unknown_unresolved"})

    def test_a_point_that_was_not_reached_shows(self):
        with tempfile.TemporaryDirectory() as folder:
            run = chaos.Chaos(types.SimpleNamespace(folder=pathlib.Path(folder), ledger="sqlite"), [], 1)
            run.verify = lambda: collections.defaultdict(list)
            run._load = contextlib.nullcontext  # pylint: disable=protected-access
            run.journal.recovered = lambda *_: 1
            run._endure = run.kills.append  # pylint: disable=protected-access
            points = [("booking", "booking.source.asked"), ("slots", "slots.source.answered")]
            self.assertEqual(run.run(chaos.enough(0, points), points)["violations"], {})
            run.plan = lambda *_: [chaos.Kill(*points[0])]
            run.kills.clear()
            self.assertEqual(run.run(1, points)["violations"], {"points_not_reached": [points[1]]})

    def test_other_disagreements_show(self):
        booked = [("book", "1", True, {})]
        self.assertEqual(self.found(booked, [self.row("1")], seats=[]), {"slots_differ"})
        self.assertEqual(self.found(booked, [self.row("1")], redis=[]), {"redis_differs"})
        self.assertEqual(self.found(booked + [("repeat", "1", True, {"told": "n1", "first": "n9"})],
                                    [self.row("1")]), {"repeat_differs"})
        for act in ("book", "move"):
            self.assertEqual(self.found([(act, "1", False, {"unresolved": True})], []),
                             {"unknown_unresolved"})


class AgendaChecker(unittest.TestCase):
    """What AgendaChaos looks for, on histories that have it."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.run_ = AgendaChaos.__new__(AgendaChaos)
        chaos.Chaos.__init__(self.run_, types.SimpleNamespace(folder=pathlib.Path(folder)), [], seed=1)
        self.run_.streams, self.run_.pages = ["s"], ["p"]

    def tell(self, act, name="r/n1", slot="s", ok=True, **more):
        self.run_.journal.lines.append({"act": act, "ok": ok, "name": name, "slot": slot, **more})

    def found(self, check, *arguments):
        found = collections.defaultdict(list)
        getattr(self.run_, check)(*arguments, found)
        return {kind for kind, each in found.items() if each}

    def test_the_two_sides_of_a_booking_say_the_same(self):
        confirm = {"kind": "KIND_CONFIRM", "appointment": "r/n1"}
        cancel = {"kind": "KIND_CANCEL", "appointment": "r/n1"}
        self.assertEqual(self.found("check_platform", [confirm]), {"platform_differs"})
        self.tell("confirm")
        self.assertEqual(self.found("check_platform", [confirm, confirm]), set())
        self.assertEqual(self.found("check_platform", []), {"platform_differs"})
        self.tell("told")
        self.assertEqual(self.found("check_platform", [confirm, cancel]), set())
        self.assertEqual(self.found("check_platform", [confirm]), {"platform_differs"})
        self.assertEqual(self.found("check_platform", [confirm, cancel, confirm]), {"platform_differs"})

    def test_a_number_or_a_report_that_is_gone_shows(self):
        self.tell("confirm", slot="p")
        self.tell("report", name=None, slot=None, number="RDV-n1", version="1")
        booked = ("RDV-n1", '{"appointment": "r/n1", "state": "STATE_BOOKED"}')
        self.assertEqual(self.found("check_numbers", [booked]), set())
        self.assertEqual(self.found("check_numbers", []), {"numbers_differ", "reports_missing"})
        other = ("RDV-n9", '{"appointment": "r/n1", "state": "STATE_BOOKED"}')
        self.assertEqual(self.found("check_numbers", [booked, other]), {"numbers_differ"})
        self.tell("report", name=None, slot=None, number="RDV-n1", version="2")
        self.assertEqual(self.found("check_numbers", [booked]), {"reports_missing"})

    def test_a_withdrawal_that_was_lost_or_told_twice_shows(self):
        one = [("appointment.displaced", "r/n1")]
        self.assertEqual(self.found("check_displaced", one), {"displaced_differs"})
        self.tell("displaced")
        self.assertEqual(self.found("check_displaced", one), set())
        self.assertEqual(self.found("check_displaced", one * 2), {"displaced_differs"})
        self.assertEqual(self.found("check_displaced", []), {"displaced_differs"})

    def test_what_was_refused_or_never_seen_shows(self):
        self.tell("report", refused="PARTNER_RATE")
        self.assertEqual(self.found("check_asked"), {"refused"})
        self.tell("settled", ok=False, unresolved=True)
        self.assertEqual(self.found("check_asked"), {"refused", "unknown_unresolved"})


if __name__ == "__main__":
    unittest.main()
