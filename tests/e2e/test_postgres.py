"""The same suite with PostgreSQL as its ledger."""

import contextlib
import unittest

from draining import Draining
from e2e import Suite, SuiteCase, stories


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class Postgres(SuiteCase, Draining):

    ledger = "postgres"

    def test_a_story_survives_kill_9_of_booking_and_regulation(self):
        before = self.kept()

        def between(step):
            if step in (5, 9, 10):
                for victim in ("booking", "regulation"):
                    self.suite.kill(victim)
                    self.suite.restart(victim)

        told = stories.branch_3_order(stories.Desk(self.suite, between=between))
        self.assertEqual(told.state, "BOOKED")
        after = self.kept()
        self.assert_nothing_lost(before, after)
        self.assertEqual(after["appointments"] - before["appointments"], {told.appointment})
        self.assert_no_seat_sold_twice()

    @contextlib.contextmanager
    def locked(self, table):
        """Somebody else has the table: writes of the service wait."""
        with self.suite.psql() as session:
            session.stdin.write(f"BEGIN; LOCK TABLE {table}; SELECT 'locked';\n")
            session.stdin.flush()
            while "locked" not in session.stdout.readline():
                pass
            yield
            session.stdin.close()

    def test_regulation_drains(self):
        name = self.drain("regulation", self.open_case, self.locked("regulation.cases"))
        self.assertIn(name, self.kept()["cases"])

    def test_a_flush_is_rebuilt_from_the_ledger(self):
        case, slot = self.open_case(), self.slot()
        self.book(slot, case, self.hold(slot))
        self.suite.redis("FLUSHALL")
        self.assert_converges(slot, "STATE_BOOKED")
        self.assert_no_seat_sold_twice()


if __name__ == "__main__":
    unittest.main()
