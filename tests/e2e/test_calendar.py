"""Without the data of time zones no hour is right: nothing starts, and says why."""

import tempfile
import unittest

from e2e import BIN, SERVICES, Suite

SECONDS = 30


class NoZones(unittest.TestCase):
    def test_H37_no_tzdata_no_start(self):
        for name in ("slots", "regulation"):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder, \
                    Suite(BIN, folder=folder, settings={name: {"TZDIR": "/nonexistent"}}) as suite:
                suite.addresses = {each: f"unix:{folder}/{each}.sock" for each in SERVICES}
                suite.spawn(name)
                self.assertNotEqual(suite.processes[name].wait(SECONDS), 0)
                said = suite.tail(name)
                self.assertIn("UNKNOWN_TIME_ZONE", said)
                self.assertIn("tzdata", said)


if __name__ == "__main__":
    unittest.main()
