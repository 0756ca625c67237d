"""The live board: what its screens show is the ledger, whatever is killed meanwhile."""

import pathlib
import shutil
import signal
import subprocess
import threading
import time
import unittest
import uuid

from boards import Board, Room
from e2e import BIN, Refused, await_until

# Without a commune: its name is asked from slots, which is not there.
CALL = ("--motif", "M03.05", "--age", "38y", "--sex", "f", "--phone", "+33199000001")


class BoardCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / cls.__name__
        shutil.rmtree(folder, ignore_errors=True)
        cls.suite = cls.enterClassContext(Room(BIN, folder=folder))
        cls.suite.start()

    def board(self, *arguments):
        board = Board(self.suite, *arguments)
        self.addCleanup(board.stop)
        await_until(lambda: board.messages, "the first message")
        return board

    def open(self, subject="arm-1", **options):
        return self.suite.ctl("call", "open", *CALL, subject=subject, **options)["name"]


class BoardKilledUnderLoad(BoardCase):
    """Clerks open, prioritise and take dossiers while regulation is killed again and again."""

    CLERKS = 3
    KILLS = 6
    ACTS_BETWEEN_KILLS = 8

    def setUp(self):
        self.over = threading.Event()
        self.acknowledged = []

    def act(self, *arguments, **options):
        try:
            answer = self.suite.ctl(*arguments, request_id=str(uuid.uuid4()), **options)
        except Refused:
            return ""
        self.acknowledged.append(answer["name"])
        return answer["name"]

    def clerk(self, number):
        while not self.over.is_set():
            case = self.act("call", "open", *CALL, subject=f"arm-{number}")
            if case:
                self.act("call", "prioritise", case, "P2", "--filiere", "SNP", subject=f"arm-{number}")
                self.act("call", "claim", case, role="regulator_mg", subject=f"mrl-{number}")

    def test_boards_resume_without_gap_or_double_and_equal_the_ledger(self):
        boards = [self.board("--role", role) for role in ("arm", "regulator_mg", "supervisor")]
        osnp = self.board("--role", "osnp")
        clerks = [threading.Thread(target=self.clerk, args=(number,))
                  for number in range(self.CLERKS)]
        for clerk in clerks:
            clerk.start()
        try:
            for kills in range(1, self.KILLS + 1):
                wanted = len(self.acknowledged) + self.ACTS_BETWEEN_KILLS
                await_until(lambda: len(self.acknowledged) >= wanted, "work goes on", 30)
                self.suite.kill("regulation")
                self.suite.restart("regulation")
                await_until(lambda times=kills: all(board.resumed >= times for board in boards),
                            "the boards resume", 30)
            wanted = len(self.acknowledged) + self.ACTS_BETWEEN_KILLS
            await_until(lambda: len(self.acknowledged) >= wanted, "work goes on at the end", 30)
        finally:
            self.over.set()
            for clerk in clerks:
                clerk.join()
        fresh = self.board("--role", "supervisor")
        for board in boards:
            await_until(lambda: board.versions() == fresh.versions(), "the boards agree", 30)
            self.assertEqual(board.faults, [])
            self.assertEqual(board.snapshots, 1, "a restart is no reason to begin anew")
            self.assertGreaterEqual(board.resumed, self.KILLS)
        self.assertEqual(osnp.lines, {})
        shown = fresh.versions()
        self.assertGreaterEqual(len(shown), len(set(self.acknowledged)))
        self.suite.terminate("regulation")
        ledger = {name: int(version) for name, version in self.suite.rows(
            "regulation", "SELECT name, version FROM cases WHERE state = 2")}
        self.assertEqual(shown, ledger)
        self.assertLessEqual(set(self.acknowledged), set(ledger))
        self.suite.restart("regulation")


class TheScreen(BoardCase):
    """What a person reads in the terminal."""

    def screen(self, *arguments):
        path = pathlib.Path(self.suite.folder) / f"screen-{uuid.uuid4().hex}.txt"
        with open(path, "wb") as out:
            process = subprocess.Popen(
                [word for word in self.suite.command("board", "watch", *arguments)
                 if word != "--json"], stdout=out, start_new_session=True)

        def end():
            process.terminate()
            process.wait(30)
        self.addCleanup(end)
        return path.read_text

    def test_lines_ages_owners_and_alarms(self):
        case = self.open()
        self.suite.ctl("call", "prioritise", case, "P2", "--filiere", "SNP")
        self.suite.ctl("call", "claim", case, role="regulator_mg", subject="mrl-7")
        screen = self.screen("--role", "arm")
        await_until(lambda: "mrl-7" in screen(), lambda: screen())
        text = screen()
        for word in ("en direct", "P2", "en régulation", "M03.05", case):
            self.assertIn(word, text)

    def test_H42_a_frozen_service_is_told_within_three_seconds(self):
        screen = self.screen("--role", "arm")
        await_until(lambda: "en direct" in screen(), lambda: screen())
        self.suite.signal("regulation", signal.SIGSTOP)
        frozen = time.monotonic()
        try:
            await_until(lambda: "COUPÉ" in screen(), lambda: screen(), 10)
            # The last message may be a second old when it freezes; a look each half second.
            self.assertLess(time.monotonic() - frozen, 4)
        finally:
            self.suite.signal("regulation", signal.SIGCONT)
        await_until(lambda: "en direct" in screen().rpartition("COUPÉ")[2], lambda: screen(), 20)

    def test_a_drained_service_hands_its_boards_over(self):
        board = self.board("--role", "arm")
        self.assertEqual(self.suite.terminate("regulation"), 0)
        self.suite.restart("regulation")
        case = self.open()
        await_until(lambda: case in board.lines, "the board goes on", 20)
        self.assertEqual((board.snapshots, board.faults), (1, []))

    def test_refuses_as_the_service_does(self):
        with self.assertRaises(Refused) as caught:
            self.suite.ctl("board", "watch", "--role", "planner", "--count", "1")
        self.assertEqual(caught.exception.reason, "ROLE_FORBIDDEN")

    def test_H51_kpis_come_with_their_definitions(self):
        self.open()
        told = self.suite.ctl("kpi", "--last", "1h", "--id", "K31")
        self.assertEqual([kpi["id"] for kpi in told["kpis"]], ["K31"])
        self.assertIn("dossiers opened", told["kpis"][0]["definition"])
        self.assertGreaterEqual(told["kpis"][0]["figures"][0]["denominator"], 1)


if __name__ == "__main__":
    unittest.main()
