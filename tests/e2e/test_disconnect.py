"""A console that dies keeps no patient waiting (hazard H-11)."""

import pathlib
import shutil
import signal
import subprocess
import unittest

from boards import Room
from e2e import BIN, Refused, await_until

CALL = ("--motif", "M03.05", "--age", "38y", "--sex", "f", "--phone", "+33199000001")
GRACE_SECONDS = 2
# A process that has just started judges nobody before all consoles could come back.
SETTLED_SECONDS = 30 + GRACE_SECONDS


class Disconnect(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / cls.__name__
        shutil.rmtree(folder, ignore_errors=True)
        cls.suite = cls.enterClassContext(Room(
            BIN, folder=folder,
            settings={"regulation": {"SAS_REGULATION_DISCONNECT_GRACE": f"{GRACE_SECONDS}s"}}))
        cls.suite.start()

    def console(self, subject):
        """`sasctl board watch`, once it has shown a board."""
        path = pathlib.Path(self.suite.folder) / f"{subject}.jsonl"
        with open(path, "wb") as out:
            process = subprocess.Popen(
                self.suite.command("--subject", subject, "board", "watch", "--role", "regulator_mg"),
                stdout=out, start_new_session=True)

        def end():
            if process.poll() is None:
                process.kill()
            process.wait(30)
        self.addCleanup(end)
        await_until(lambda: path.read_bytes(), "the first message")
        return process

    def waiting(self):
        case = self.suite.ctl("call", "open", *CALL, subject="arm-1")["name"]
        self.suite.ctl("call", "prioritise", case, "P2", "--filiere", "SNP", subject="arm-1")
        return case

    def queue(self):
        """What waits, in the order in which it is taken."""
        page = self.suite.ctl("call", "list", "--view", "waiting")
        return [row["name"] for row in page.get("regulation_cases", [])]

    def test_h11_the_dossier_of_a_console_that_was_killed_is_the_next_ones(self):
        dead = self.console("mrl-1")
        alive = self.console("mrl-2")
        case, kept, typed = self.waiting(), self.waiting(), self.waiting()
        for name, subject in ((case, "mrl-1"), (kept, "mrl-2"), (typed, "mrl-4")):
            self.suite.ctl("call", "claim", name, role="regulator_mg", subject=subject)
        dead.send_signal(signal.SIGKILL)
        with self.assertRaises(Refused):
            self.suite.ctl("call", "claim", case, role="regulator_mg", subject="mrl-3")
        await_until(self.queue, "the dossier waits again", SETTLED_SECONDS + 20)
        # Whose console is on keeps his, and so does who never had one.
        self.assertEqual(self.queue(), [case])
        self.assertIsNone(alive.poll())
        taken = self.suite.ctl("call", "claim", case, role="regulator_mg", subject="mrl-3")
        self.assertEqual(taken["claim"]["owner"]["subject"], "mrl-3")
        self.assertIn("Rendu : poste coupé", [note["text"] for note in taken["notes"]])


if __name__ == "__main__":
    unittest.main()
