"""The short kill test of regulation. The long one is `tools/test chaos --service regulation`."""

import collections
import pathlib
import random
import shutil
import tempfile
import types
import unittest

from boards import Room
from e2e import BIN, Suite, await_until
from node_partner import Partner, install
from room_chaos import RoomChaos

# At random, and where a crash leaves most behind.
KILLS = 5
POINTS = [("regulation", "ledger.before_fsync"), ("regulation", "ledger.committed")]


class RoomKilled(unittest.TestCase):

    ledger = "sqlite"

    def test_H01_H11_I3_every_acknowledged_call_is_in_exactly_one_place(self):
        folder = BIN.parent / "e2e" / type(self).__name__
        shutil.rmtree(folder, ignore_errors=True)
        seed = random.SystemRandom().randrange(1_000_000)
        install()
        with Room(BIN, folder=folder, ledger=self.ledger) as suite:
            suite.start()
            report = RoomChaos(suite, seed, clerks=4).run(KILLS, POINTS)
        print(report["summary"], report["rto_ms"], flush=True)
        self.assertEqual(report["violations"], {}, f"seed {seed}")
        self.assertEqual(report["summary"]["kills"], KILLS)
        self.assertGreater(report["summary"]["opened"], KILLS)


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class RoomKilledOnPostgres(RoomKilled):

    ledger = "postgres"


class LostCallsKilled(unittest.TestCase):
    """lost_call_list_survives_kill9 (hazard H-08)."""

    ledger = "sqlite"
    NUMBER = "+33639980042"

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / cls.__name__
        shutil.rmtree(folder, ignore_errors=True)
        cls.suite = cls.enterClassContext(Room(BIN, folder=folder, ledger=cls.ledger))
        cls.suite.start()
        cls.partner = cls.enterClassContext(Partner(cls.suite))

    def ask(self, method, body, role="arm", subject="arm-1"):
        answers = []

        def answered():
            answers.append(self.partner.call(f"RegulationService/{method}", body, role=role,
                                             subject=subject))
            return answers[-1]["ok"]

        await_until(answered, f"{method} is answered", 20)
        return answers[-1]

    def kill(self):
        self.suite.kill("regulation")
        self.suite.restart("regulation")

    def listed(self):
        parent = "regions/fr-pdl"
        return {call["name"]: call for call in
                self.ask("ListLostCalls", {"parent": parent}).get("lost_calls", [])}

    def test_H08_the_list_of_lost_calls_survives_kill_9_with_one_entry_for_a_number(self):
        parent = "regions/fr-pdl"
        lost = {"parent": parent, "lost_call": {"phone_number": self.NUMBER, "territory": "85"}}
        first = self.ask("RecordLostCall", {**lost, "request_id": "lost-1"}, "service", "telephony")
        dossier = self.ask("CreateRegulationCase", {"parent": parent, "request_id": "open-1",
                                                    "regulation_case": {
            "territory": "85", "motif_code": "M03.05",
            "origin": {"entry_point": "ENTRY_POINT_LINE_15", "caller_phone_number": "+33639980043"},
            "patients": [{"age": {"value": 71, "unit": "UNIT_YEAR"}}]}})
        hang_up = {"name": dossier["name"], "request_id": "hang-up-1"}
        hung_up = self.ask("RecordHangUp", hang_up, "service", "telephony")
        self.ask("RecordCallReturn", {"name": hung_up["name"], "result": "RESULT_NO_ANSWER",
                                      "request_id": "return-1"})
        before = self.listed()
        self.assertEqual(set(before), {first["name"], hung_up["name"]})
        for _ in range(3):
            self.kill()
            self.assertEqual(self.listed(), before)
        # What was acknowledged and asked again is one act; the number that calls again one entry.
        self.assertEqual(self.ask("RecordHangUp", hang_up, "service", "telephony")["name"],
                         hung_up["name"])
        self.ask("RecordLostCall", {**lost, "request_id": "lost-1"}, "service", "telephony")
        self.assertEqual(self.listed(), before)
        again = self.ask("RecordLostCall", {**lost, "request_id": "lost-2"}, "service", "telephony")
        self.assertEqual((again["name"], again["call_count"]), (first["name"], 2))
        self.kill()
        after = self.listed()
        self.assertEqual(set(after), set(before))
        self.assertEqual(after[hung_up["name"]]["counted_returns"], 1)
        kept = self.ask("GetRegulationCase", {"name": dossier["name"]})
        self.assertEqual((kept["state"], kept["lost_call"]), ("STATE_ACTIVE", hung_up["name"]))


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class LostCallsKilledOnPostgres(LostCallsKilled):

    ledger = "postgres"


class RoomChecker(unittest.TestCase):
    """What the kill test looks for, on histories that have it: a check that finds nothing proves nothing."""

    OPEN = ("open", {"etag": '"1"'})
    PRIORITISE = ("prioritise", {"etag": '"2"', "priority": "PRIORITY_P2"})
    NEXT = ("next", {"etag": '"3"', "version": "1", "owner": "mrl-2"})
    DECIDE = ("decide", {"name": "c1/decisions/d1"})
    COMPLETE = ("complete", {"etag": '"5"'})

    def found(self, acts, state=2, waits=1, owner="", version=0):
        """Kinds of violations; the ledger has the dossier c1 so, or nothing when `version` is None."""
        with tempfile.TemporaryDirectory() as folder:
            run = RoomChaos(types.SimpleNamespace(folder=pathlib.Path(folder), ledger="sqlite"), seed=1)
            run.journal.lines = [{"act": act, "ok": True, "name": "c1", "etag": "", "priority": "",
                                  **more} for act, more in acts]
            rows = {} if version is None else {
                "c1": (str(state), str(waits), owner, "0", str(version or len(acts)))}
            found = collections.defaultdict(list)
            run.check_ledger(rows, found)
            return {kind for kind, each in found.items() if each}

    def test_a_good_history_shows_nothing(self):
        self.assertEqual(self.found([self.OPEN]), set())
        self.assertEqual(self.found([self.OPEN, self.PRIORITISE, self.NEXT], owner="mrl-2"), set())
        whole = [self.OPEN, self.PRIORITISE, self.NEXT, self.DECIDE, self.COMPLETE]
        self.assertEqual(self.found(whole, state=3, waits=0), set())
        # Nobody waits with NR; who calls again does.
        nr = [self.OPEN, ("prioritise", {"etag": '"2"', "priority": "PRIORITY_NR"})]
        self.assertEqual(self.found(nr, waits=0), set())
        self.assertEqual(self.found(nr + [("call_again", {"etag": '"3"'})]), set())

    def test_what_was_acknowledged_and_is_gone_shows(self):
        self.assertEqual(self.found([self.OPEN], version=None), {"acked_missing"})
        self.assertEqual(self.found([self.OPEN, self.PRIORITISE], version=1), {"acked_missing"})

    def test_what_was_done_twice_or_by_nobody_shows(self):
        self.assertEqual(self.found([self.OPEN], version=2), {"done_twice"})
        self.assertEqual(self.found([], version=1), {"opened_without_request"})

    def test_two_owners_of_one_claim_show(self):
        other = ("next", {"etag": '"4"', "version": "1", "owner": "mru-3"})
        self.assertIn("doubles", self.found([self.OPEN, self.PRIORITISE, self.NEXT, other],
                                            owner="mru-3"))

    def test_a_dossier_in_the_wrong_place_shows(self):
        self.assertEqual(self.found([self.OPEN], waits=0), {"misplaced"})
        self.assertEqual(self.found([self.OPEN], owner="mrl-2"), {"misplaced"})
        self.assertEqual(self.found([self.OPEN, self.PRIORITISE, self.NEXT]), {"misplaced"})

    def test_other_disagreements_show(self):
        self.assertEqual(self.found([self.OPEN, ("repeat", {"first": "c2"})], version=1),
                         {"repeat_differs"})
        self.assertEqual(self.found([self.OPEN, ("open", {"ok": False, "unresolved": True})],
                                    version=1), {"unknown_unresolved"})


if __name__ == "__main__":
    unittest.main()
