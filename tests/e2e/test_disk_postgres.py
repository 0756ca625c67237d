"""A disk that is full, that fails, and that forgets what was not synced, under booking's ledger on PostgreSQL.

What is tried is what we own of it: that booking waits for the sync of its commits whatever the server's
default is, that it says yes to nothing else, and that it goes on with a server that has crashed, without a
restart of its own. The power cut (power_shim.c, disks.py) is one of those that may come: all that was synced
is there and nothing else. It tears no page and lets no unsynced write through, so it says nothing about
full_page_writes and the like, which are PostgreSQL's to prove.

A sync that fails and a power cut are not tried together: after a sync of its log has failed PostgreSQL
recovers from what the log's files show, and a disk that then forgets them leaves it a damaged cluster.
"""

import shutil
import subprocess
import tempfile
import unittest

from disks import OneLedger, compile_shim, cut_power, fill, keep_synced, small_disk
from e2e import Suite, await_until, request_id

BOOKINGS = 5
TMPFS_BYTES = 96 * 1024 * 1024
# A log of small segments: each sync of one copies it (power_shim.c), and a full disk is felt soon.
SMALL_SEGMENTS = "--wal-segsize=1"
LOG_FULL_AFTER_MAX = 100  # Half segments.
RECOVERY_SECONDS_MAX = 30
# What a refusal may say while the server is away, or has no room.
TYPED = ("LEDGER_FULL", "LEDGER_UNAVAILABLE", "LEDGER_OUTCOME_UNKNOWN")


@unittest.skipUnless(Suite.has_postgres(), "PostgreSQL is not installed")
class OnPostgres(OneLedger):
    """Booking alone on a cluster of its own."""

    @classmethod
    def start(cls):
        """After make_postgres: the cluster, and booking on it."""
        cls.suite.restart("postgres")
        cls.restart_with(
            SAS_BOOKING_LEDGER=f"postgresql:host={cls.suite.postgres_socket} user=postgres dbname=postgres",
            SAS_BOOKING_LEDGER_SCHEMA="booking")

    def await_answers(self):
        """Booking has found its server again, of itself."""
        await_until(lambda: self.suite.status().get("booking") == "SERVING" and self.listed()["ok"],
                    "booking is ready", RECOVERY_SECONDS_MAX)

    def ask_until_told(self, slot, token, request):
        """The operator saw "état inconnu": the same request finds out, and books once."""
        told = await_until(lambda: (answer := self.ask(slot, token, request))["ok"] and answer,
                           lambda: f"an answer: {self.ask(slot, token, request)}", RECOVERY_SECONDS_MAX)
        self.assertEqual([each["name"] for each in self.appointments() if each["slot"] == slot],
                         [told["name"]])
        return told["name"]

    def log(self):
        return (self.home / "log").read_text()


@unittest.skipUnless(shutil.which("cc"), "no C compiler for the shim")
class ShimmedPostgres(OnPostgres):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Not below the build's folder: the user postgres may not look there.
        folder = tempfile.mkdtemp(prefix="sas-shim-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, folder)
        shutil.chown(folder, "postgres")
        # A server that is told to wait for no sync, and whose log is written late.
        cls.home = cls.suite.make_postgres("-c synchronous_commit=off -c wal_writer_delay=10s",
                                           initdb=[SMALL_SEGMENTS])
        cls.data, cls.kept = cls.home / "data", cls.home / "kept"
        cls.lie, cls.broken = cls.home / "lie", cls.home / "broken"
        keep_synced(cls.data, cls.kept)
        cls.suite.settings["postgres"] = {
            "LD_PRELOAD": str(compile_shim("power_shim.c", folder)),
            "POWER_SHIM_FILES": str(cls.data), "POWER_SHIM_KEPT": str(cls.kept),
            "POWER_SHIM_LIE": str(cls.lie), "POWER_SHIM_FAIL": str(cls.broken)}
        cls.start()

    def lost_by_a_power_cut(self):
        """What was acknowledged and is gone; the disk tells the truth again afterwards."""
        told = self.acknowledged(BOOKINGS)
        self.suite.kill("postgres")
        self.lie.unlink(missing_ok=True)
        cut_power(self.data, self.kept)
        self.suite.restart("postgres")
        self.await_answers()
        return told - self.names()

    def test_H23_an_acknowledged_appointment_was_synced(self):
        self.assertEqual(self.lost_by_a_power_cut(), set())
        self.assertEqual(len(self.acknowledged(1)), 1)
        self.assert_booking_went_on()
        self.assert_no_seat_sold_twice()

    def test_H23_a_failed_sync_is_no_yes_and_booking_goes_on_with_the_recovered_server(self):
        told = self.acknowledged(1)
        slot, request = self.slot(), request_id()
        token = self.hold(slot)
        self.broken.touch()
        try:
            answer = self.ask(slot, token, request)
            self.assertFalse(answer["ok"], answer)
            self.assertIn(answer.get("reason"), TYPED, answer)
            await_until(lambda: "could not fdatasync" in self.log(), "PostgreSQL gave up")
        finally:
            self.broken.unlink()
        # It crashes at each recovery until the disk is back.
        self.await_answers()
        told.add(self.ask_until_told(slot, token, request))
        self.assertLessEqual(told, self.names())
        self.assert_booking_went_on()

    def test_H23_a_server_that_syncs_nothing_is_not_written_to(self):
        slot, request = self.slot(), request_id()
        token = self.hold(slot)
        before = self.names()
        self.suite.run_sql("ALTER SYSTEM SET fsync = off")
        try:
            self.suite.run_sql("SELECT pg_reload_conf()")
            await_until(lambda: self.suite.status().get("booking") == "NOT_SERVING", "booking has seen it")
            answer = self.ask(slot, token, request)
            self.assertEqual(answer.get("reason"), "LEDGER_NOT_DURABLE", answer)
            self.assertEqual(self.names(), before)  # Reading goes on.
        finally:
            self.suite.run_sql("ALTER SYSTEM RESET fsync")
            self.suite.run_sql("SELECT pg_reload_conf()")
        self.await_answers()
        self.ask_until_told(slot, token, request)
        self.assert_booking_went_on()

    def test_on_a_disk_that_lies_the_same_cut_loses_what_was_acknowledged(self):
        """This is the proof that the first test can fail; the last one, by its name."""
        self.lie.touch()
        self.assertNotEqual(self.lost_by_a_power_cut(), set())


class SmallDisk(OnPostgres):
    """The tables are on a small disk; the log is there too, or has one of its own, as it should."""

    log_too = False

    @classmethod
    def setUpClass(cls):
        cls.disk = small_disk(cls, TMPFS_BYTES)
        shutil.chown(cls.disk, "postgres")
        super().setUpClass()
        log = tempfile.mkdtemp(prefix="sas-wal-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, log, ignore_errors=True)
        shutil.chown(log, "postgres")
        # A checkpoint would meet the full disk at a moment of its own.
        cls.home = cls.suite.make_postgres(
            "-c checkpoint_timeout=1h", data=cls.disk / "data",
            initdb=[SMALL_SEGMENTS] + ([] if cls.log_too else [f"--waldir={log}/pg_wal"]))
        cls.start()


class FullLog(SmallDisk):

    log_too = True

    def test_H23_a_server_that_ends_for_want_of_room_is_told_and_found_again(self):
        told = self.acknowledged(2)
        slot, request = self.slot(), request_id()
        token = self.hold(slot)
        ballast = fill(self.disk)
        try:
            with self.assertRaises(subprocess.CalledProcessError):
                for _ in range(LOG_FULL_AFTER_MAX):
                    self.suite.run_sql("SELECT pg_logical_emit_message(true, '', repeat('x', 500000))")
            self.assertIn("PANIC", self.log())
            # It tries to recover, and has no room for that either.
            await_until(lambda: not self.suite.postgres_runs(), "PostgreSQL has ended")
            answer = self.ask(slot, token, request)
            self.assertFalse(answer["ok"], answer)
            self.assertIn(answer.get("reason"), TYPED, answer)
        finally:
            ballast.unlink()
        self.suite.restart("postgres")
        self.await_answers()
        told.add(self.ask_until_told(slot, token, request))
        self.assertEqual(self.names(), told)
        self.assert_booking_went_on()
        self.assert_no_seat_sold_twice()


class FullTables(SmallDisk):

    def test_H23_tables_without_room_are_told_and_written_again_without_a_restart(self):
        postmaster = (self.disk / "data" / "postmaster.pid").read_text().splitlines()[0]
        told = self.acknowledged(2)
        ballast = fill(self.disk)
        try:
            more, refused = self.book_until_full()
            told |= more
            # Nothing is said that is not there, and reading goes on.
            self.assertEqual(self.names(), told)
        finally:
            ballast.unlink()
        told.add(refused()["name"])
        self.assertEqual(self.names(), told)
        self.assert_booking_went_on()
        self.assertEqual((self.disk / "data" / "postmaster.pid").read_text().splitlines()[0], postmaster)
        self.assert_no_seat_sold_twice()


if __name__ == "__main__":
    unittest.main()
