"""What the tests of full, failing and forgetful disks share."""

import functools
import os
import pathlib
import shutil
import subprocess
import unittest

from e2e import NURSE, REGION, Refused, SuiteCase, request_id

FULL_AFTER_MAX = 60  # Bookings that still find room in what the ledger's files have already.


def compile_shim(source, folder):
    """A library for LD_PRELOAD from a C file beside this one."""
    library = pathlib.Path(folder) / f"{source.removesuffix('.c')}.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", str(pathlib.Path(__file__).with_name(source)),
                    "-o", str(library)], check=True)
    return library


def small_disk(case, size):
    """The folder of a tmpfs of so many bytes, for the time of the class."""
    disk = pathlib.Path(f"/tmp/sas-disk-{request_id()}")
    disk.mkdir()
    case.addClassCleanup(disk.rmdir)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)],
                             capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        raise unittest.SkipTest(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    case.addClassCleanup(subprocess.run, ["umount", str(disk)], check=True)
    return disk


def fill(disk):
    """Takes what is left of it; the file that does, to be unlinked."""
    ballast = disk / f"ballast-{request_id()}"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            pass
    return ballast


def keep_synced(data, kept):
    """What lies in `data` counts as synced: the copies of power_shim.c, for the user postgres."""
    kept.mkdir()
    for path in files_below(data):
        copy = kept / str(path.stat().st_ino)
        shutil.copyfile(path, copy)
        os.chown(copy, path.stat().st_uid, path.stat().st_gid)
    os.chown(kept, data.stat().st_uid, data.stat().st_gid)


def cut_power(data, kept):
    """Leaves in `data` what was synced. Nobody may have a file of it open."""
    for path in files_below(data):
        copy = kept / str(path.stat().st_ino)
        with open(path, "r+b") as file:  # In place: owner and inode stay.
            file.truncate()
            if copy.exists():
                file.write(copy.read_bytes())


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


class OneLedger(SuiteCase):
    """Booking's ledger is what is tried; those of the others are on a disk that works."""

    demo = False

    def setUp(self):
        self.process = self.suite.processes["booking"]

    @classmethod
    def restart_with(cls, **environment):
        """Booking anew with these variables."""
        cls.suite.kill("booking")
        cls.suite.settings["booking"] = environment
        cls.suite.restart("booking")

    def assert_booking_went_on(self):
        self.assertIs(self.suite.processes["booking"], self.process)
        self.assertIsNone(self.process.poll())

    def ask(self, slot, token, request):
        """A confirmation, as an answer and not as an exception."""
        body = {"parent": REGION, "appointment": self.draft(slot),
                "hold_token": token, "request_id": request}
        return self.partner.call("BookingService/CreateAppointment", body, subject="idel-1", **NURSE)

    def acknowledged(self, count):
        """Books so many; their names."""
        names = []
        for number in range(count):
            slot = self.slot()
            names.append(self.book(slot, self.shared_case(), self.hold(slot, f"idel-{number}"),
                                   f"idel-{number}")["name"])
        return set(names)

    def book_until_full(self):
        """Names of what found room, and the act that was refused, to be called again."""
        names = set()
        for _ in range(FULL_AFTER_MAX):
            slot, request = self.slot(), request_id()
            act = functools.partial(self.book, slot, self.shared_case(), self.hold(slot, request), request,
                                    request_id=request)
            try:
                names.add(act()["name"])
            except Refused as refused:
                self.assertEqual(refused.reason, "LEDGER_FULL", refused)
                return names, act
        return self.fail("the disk never was full")

    def listed(self):
        """What the ledger says when it is asked for an appointment."""
        return self.partner.call("BookingService/ListAppointments", {
            "parent": REGION, "include_cancelled": True, "page_size": 1}, role="osnp")

    def names(self):
        """Of all appointments that the ledger has; an error when it does not answer."""
        told = self.listed()
        self.assertTrue(told["ok"], told)
        return {each["name"] for each in self.appointments()}
