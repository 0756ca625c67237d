"""A disk that is full, that fails, and that forgets what was not synced, under booking's ledger on SQLite;
test_disk_postgres.py has the same of PostgreSQL."""

import shutil
import signal
import unittest

from disks import FULL_AFTER_MAX, OneLedger, compile_shim, fill, small_disk
from e2e import SITE, await_until, request_id

BOOKINGS = 5
TMPFS_BYTES = 8 * 1024 * 1024


@unittest.skipUnless(shutil.which("cc"), "no C compiler for the shim")
class ShimmedDisk(OneLedger):
    """Each test has a suite of its own: what booking has forgotten, the slots still know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shim = compile_shim("disk_shim.c", cls.suite.folder)

    def lost_by_a_power_cut(self):
        """What was acknowledged and is gone after a kill that drops what was not synced."""
        told = self.acknowledged(BOOKINGS)
        self.suite.kill("booking")
        self.suite.restart("booking")
        return told - self.names()

    def shimmed(self, **more):
        self.restart_with(LD_PRELOAD=str(self.shim), DISK_SHIM_FILES="booking.db", **more)

    def test_H23_an_acknowledged_appointment_was_synced(self):
        self.shimmed()
        self.assertEqual(self.lost_by_a_power_cut(), set())

    def test_H23_a_failed_fsync_ends_the_service_and_is_never_retried(self):
        fail = self.suite.folder / "fail"
        self.shimmed(DISK_SHIM_FAIL=str(fail))
        self.acknowledged(1)
        slot, request = self.slot(), request_id()
        token = self.hold(slot)
        process = self.suite.processes["booking"]
        fail.touch()
        try:
            told = self.ask(slot, token, request)
            self.assertFalse(told["ok"], told)
            self.assertIn(told["code"], ("UNAVAILABLE", "DEADLINE_EXCEEDED"))
            await_until(lambda: self.suite.ended("booking"), "booking has ended")
        finally:
            fail.unlink()
        self.assertEqual(process.returncode, -signal.SIGABRT)
        log = (self.suite.folder / "booking.log").read_text()
        self.assertEqual(log.count("LEDGER_COMMIT_FAILED"), 1, self.suite.tail("booking"))
        self.suite.restart("booking")
        # The operator saw "état inconnu": the same request finds out, and books once.
        told = self.ask(slot, token, request)
        self.assertTrue(told["ok"], told)
        self.assertEqual([each["name"] for each in self.appointments() if each["slot"] == slot],
                         [told["name"]])

    def test_without_synchronous_the_same_kill_loses_what_was_acknowledged(self):
        """This is the proof that the tests above can fail."""
        self.shimmed(DISK_SHIM_NO_SYNC="1")
        self.assertNotEqual(self.lost_by_a_power_cut(), set())


class FullDisk(OneLedger):
    """Booking's ledger alone on a small disk."""

    @classmethod
    def setUpClass(cls):
        cls.disk = small_disk(cls, TMPFS_BYTES)
        cls.settings = {"booking": {"SAS_BOOKING_LEDGER": f"sqlite:{cls.disk}/booking.db",
                                    "SAS_BOOKING_LEDGER_RESERVE_MIB": "0"}}
        super().setUpClass()

    def test_H23_a_full_disk_is_told_and_the_service_recovers_without_a_restart(self):
        told = self.acknowledged(2)
        ballast = fill(self.disk)
        try:
            more, refused = self.book_until_full()
            told |= more
            # Nothing is said that is not there, and reading goes on.
            self.assertEqual(self.names(), told)
            self.refused("LEDGER_FULL", refused)
        finally:
            ballast.unlink()
        told.add(refused()["name"])
        self.assert_booking_went_on()
        self.assertEqual(self.names(), told)
        self.assert_no_seat_sold_twice()

    def test_a_full_disk_keeps_its_reserve_for_who_has_a_patient_on_the_line(self):
        self.restart_with(**{**self.settings["booking"], "SAS_BOOKING_LEDGER_RESERVE_MIB": "1"})
        told = self.acknowledged(1)
        ballast = fill(self.disk)
        try:
            for number in range(FULL_AFTER_MAX):  # Until the reserve is what they write on.
                slot = self.slot()
                told.add(self.book(slot, self.shared_case(), self.hold(slot, f"idel-{number}"),
                                   f"idel-{number}")["name"])
                if not (self.disk / "booking.db.reserve").exists():
                    break
            else:
                self.fail("the disk never was full")
            answer = self.arrive(next(iter(told)))
            self.assertEqual(answer.get("reason"), "LEDGER_VITAL_ONLY", answer)
            slot = self.slot()
            told.add(self.book(slot, self.shared_case(), self.hold(slot))["name"])
            self.assertLessEqual(told, self.names())
        finally:
            ballast.unlink()
        await_until((self.disk / "booking.db.reserve").exists, "the reserve is back")
        answer = self.arrive(next(iter(told)))
        self.assertTrue(answer["ok"], answer)

    def arrive(self, name):
        """What the practice records, which may wait."""
        return self.partner.call("BookingService/RecordArrival", {
            "name": name, "arrival": "ARRIVAL_ARRIVED", "request_id": request_id()},
            role="effecteur", subject="dr-essai", organization=SITE.rpartition("/")[2])


if __name__ == "__main__":
    unittest.main()
