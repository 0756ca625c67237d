"""`sasctl ledger`: what is kept is checked, copied, and put back under a higher epoch."""

import contextlib
import sqlite3
import unittest

from e2e import REGION, Refused, Suite, SuiteCase


class LedgerCase(SuiteCase):

    demo = False

    def booked(self, count=2):
        return [self.book(slot, self.shared_case(), self.hold(slot, f"idel-{number}"),
                          f"idel-{number}")["name"]
                for number, slot in enumerate(self.slot() for _ in range(count))]

    def sasctl(self, command, *arguments, url=None):
        """sasctl's answer; Refused when it leaves with another code than 0."""
        return self.suite.ctl("ledger", command, "--ledger",
                              url or self.suite._ledger_url("booking"),  # pylint: disable=protected-access
                              "--schema", "booking", *arguments)

    def events(self, after):
        return self.partner.call("booking/EventService/ListEvents",
                                 {"parent": REGION, "page_token": after, "page_size": 100},
                                 role="supervisor")


class Ledger(LedgerCase):

    def setUp(self):
        self.file = self.suite.folder / "booking.db"

    def tearDown(self):
        if "booking" not in self.suite.processes:
            self.suite.restart("booking")

    def test_a_ledger_verifies_and_every_fault_is_named(self):
        names = self.booked()
        with self.assertRaises(Refused) as locked:
            self.sasctl("verify")
        self.assertEqual(locked.exception.reason, "LEDGER_LOCKED")
        self.suite.terminate("booking")
        told = self.sasctl("verify")
        self.assertEqual((told["ok"], told["faults"]), (True, []))
        self.assertGreaterEqual(told["appointments"], len(names))
        self.assertGreaterEqual(told["audit_records"], len(names))
        copy = self.suite.folder / "tampered.db"
        self.sasctl("backup", "--to", str(copy))
        with contextlib.closing(sqlite3.connect(copy)) as ledger:
            ledger.execute("DROP INDEX appointments_live_seat")
            ledger.execute("UPDATE appointments SET (slot, seat) = (SELECT slot, seat FROM "
                           "appointments WHERE name = ?) WHERE name = ?", names)
            ledger.execute("UPDATE audit SET detail = 'x' WHERE sequence = 1")
            ledger.commit()
        with self.assertRaises(Refused) as faulty:
            self.sasctl("verify", url=f"sqlite:{copy}")
        faults = " ".join(faulty.exception.answer["faults"])
        for word in ("appointments_live_seat", "more than one live appointment", "audit record"):
            self.assertIn(word, faults)

    def test_H45_a_restored_ledger_is_of_another_epoch_and_says_so(self):
        kept = self.booked()
        seen = self.events("")["next_page_token"]
        backup = self.suite.folder / "backup.db"
        self.suite.terminate("booking")
        self.sasctl("backup", "--to", str(backup))
        self.suite.restart("booking")
        lost = self.booked(1)
        later = self.events(seen)["next_page_token"]
        with self.assertRaises(Refused):  # Never while a service has it.
            self.sasctl("restore", "--from", str(backup), "--replace")
        self.suite.terminate("booking")
        with self.assertRaises(Refused):  # Never over what is there, unless told.
            self.sasctl("restore", "--from", str(backup))
        told = self.sasctl("restore", "--from", str(backup), "--replace")
        self.assertTrue(told["ok"], told)
        self.assertGreater(told["epoch"], 0)
        self.assertTrue(list(self.suite.folder.glob("booking.db.before-restore-*")))
        self.suite.restart("booking")
        names = {each["name"] for each in self.appointments()}
        self.assertLessEqual(set(kept), names)
        self.assertFalse(set(lost) & names)
        # Whoever had read on before is told, also when there are more events than he had seen.
        self.booked(3)
        for cursor in (seen, later):
            self.assertEqual(self.events(cursor).get("reason"), "CURSOR_TRIMMED")
        fresh = self.events("")
        self.assertTrue(fresh["ok"], fresh)
        self.assertNotIn("reason", self.events(fresh["next_page_token"]))


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class PostgresLedger(LedgerCase):

    ledger = "postgres"

    def test_H45_a_dump_is_put_back_under_another_epoch(self):
        kept = self.booked()
        seen = self.events("")["next_page_token"]
        self.assertTrue(self.sasctl("verify")["ok"])
        dump = self.suite.folder / "booking.dump"
        self.sasctl("backup", "--to", str(dump))  # While the service works.
        self.suite.terminate("booking")
        with self.suite.psql() as session:
            session.communicate("ALTER SCHEMA booking RENAME TO booking_before;\n")
        told = self.sasctl("restore", "--from", str(dump))
        self.assertTrue(told["ok"], told)
        self.suite.restart("booking")
        self.assertLessEqual(set(kept), {each["name"] for each in self.appointments()})
        self.assertEqual(self.events(seen).get("reason"), "CURSOR_TRIMMED")
        self.booked(1)
        self.assertEqual(len(self.events("")["events"]), len(kept) + 1)


if __name__ == "__main__":
    unittest.main()
