"""A suite of which some services live at another hour of the wall than this machine, by libfaketime."""

import contextlib
import os
import pathlib
import unittest
import unittest.mock

from e2e import SuiteCase, request_id

FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


@unittest.skipUnless(FAKETIME.exists(), "the package faketime is not installed")
class MovedWall(SuiteCase):
    """The wall clock of the services in `moved` jumps when told; the steady one goes on.

    Redis keeps its own: libfaketime and its allocator do not go together. Its scripts get the hour from
    slots and never look at it.
    """

    moved = ()
    own_settings = {}  # Of these services, beside the clock.

    @classmethod
    def setUpClass(cls):
        cls.offset = pathlib.Path(f"/tmp/sas-faketime-{request_id()}")
        cls.addClassCleanup(cls.offset.unlink)
        cls.jump(cls.first_offset())
        cls.environment = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(cls.offset),
                           "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                           "DONT_FAKE_MONOTONIC": "1"}
        cls.settings = {name: {**cls.environment, **cls.own_settings} for name in cls.moved}
        super().setUpClass()

    @classmethod
    def first_offset(cls):
        """Seconds between this machine's hour and that at which the services start."""
        return 0

    @classmethod
    def jump(cls, seconds):
        draft = cls.offset.with_suffix(".new")
        draft.write_text(f"{seconds:+d}\n")
        draft.rename(cls.offset)

    @classmethod
    @contextlib.contextmanager
    def at_that_hour(cls):
        """What is started here sees that hour, too."""
        with unittest.mock.patch.dict(os.environ, cls.environment):
            yield
