"""Two processes of slots on one PostgreSQL and one Redis; a platform has one stream, to the second."""

import contextlib
import unittest

from e2e import NEED_OPTIONS, NURSE, Refused, Suite, await_until
from platforms import LEASE_SECONDS_MAX, PlatformCase, YES

SECOND = "slots-2"


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class SourceReplicas(PlatformCase):

    ledger = "postgres"

    def setUp(self):
        super().setUp()
        if SECOND in self.suite.processes:
            return
        if SECOND not in self.suite.addresses:
            self.suite.add_replica("slots")
        else:  # A test has killed it.
            self.suite.restart(SECOND)
            await_until(lambda: self.suite.metric(SECOND, "sas_slots_up", part="projection") == 1,
                        "the second replica is ready")

    @contextlib.contextmanager
    def at_second(self):
        """sasctl speaks to the second replica."""
        first = self.suite.addresses["slots"]
        self.suite.addresses["slots"] = self.suite.addresses[SECOND]
        self.suite.write_suite_file()
        try:
            yield
        finally:
            self.suite.addresses["slots"] = first
            self.suite.write_suite_file()

    def connect_to_second(self, *manner):
        with self.at_second():
            return self.connect(*manner, replica=SECOND)

    def relayed(self, outcome):
        return self.suite.metric("slots", "sas_slots_source_relayed_total", partner="doctoplan",
                                 outcome=outcome)

    def hold_when_told(self, slot, **options):
        """The first replica hears within a second which streams the second has."""
        def held():
            try:
                return self.hold(slot, **options)
            except Refused as refused:
                if refused.reason != "SOURCE_UNREACHABLE":
                    raise
                return None
        return await_until(held, "the first replica knows of the stream")

    def test_H39_one_stream_is_enough_for_both(self):
        name, other = self.publish("un", [240, 255])
        platform = self.connect_to_second(*YES)
        self.assertEqual(self.streams(), 0)
        token = self.hold_when_told(name)
        self.assertEqual(platform.asked("CHECK")[-1]["slot"], name)
        appointment = self.book(name, self.open_case(), token)
        booked = self.await_state(appointment, "STATE_BOOKED")
        ident = appointment["name"].rpartition("/")[2]
        self.assertEqual(booked["source"]["external_appointment_id"], f"RDV-{ident}")
        self.assertEqual(platform.bookings(), 1)
        self.assertGreaterEqual(self.relayed("answered"), 2)
        # At the replica that has the stream nothing is relayed.
        with self.at_second():
            self.suite.ctl("slots", "hold", other, *NEED_OPTIONS, **NURSE, subject="idel-2")
        self.assertEqual(platform.asked("CHECK")[-1]["slot"], other)
        self.assertEqual(self.suite.metric(SECOND, "sas_slots_source_relayed_total",
                                           partner="doctoplan"), 0)

    def test_H40_the_replica_with_the_stream_is_killed(self):
        name, other = self.publish("deux", [300, 315])
        silent = self.connect_to_second("--check", "yes", "--confirm", "silent")
        token = self.hold_when_told(name)
        appointment = self.book(name, self.open_case(), token)
        await_until(lambda: silent.asked("CONFIRM"), "it was asked")
        self.suite.kill(SECOND)
        # Nobody vouches for the other slot: it is not held, and stays free.
        self.refused("SOURCE_UNREACHABLE", self.hold, other, subject="idel-2")
        self.assertEqual(self.shown(other)["state"], "STATE_FREE")
        self.assertEqual(self.now(appointment)["state"], "STATE_PENDING")
        silent.kill()
        self.platforms.remove(silent)
        # It comes back, to the replica that lives, and has the booking once.
        platform = self.connect(*YES)
        self.await_state(appointment, "STATE_BOOKED", LEASE_SECONDS_MAX)
        self.assertEqual(platform.bookings(), 1)
        self.assert_no_seat_sold_twice()


if __name__ == "__main__":
    unittest.main()
