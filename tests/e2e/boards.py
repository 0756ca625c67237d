"""A room whose boards are watched: regulation alone, and `sasctl board watch` folded as the proto says."""

import json
import subprocess
import threading
import time

from e2e import Suite


class Room(Suite):
    services = ("regulation",)


class Board:
    """A running `sasctl board watch --json`, folded as the proto says."""

    def __init__(self, suite, *arguments):
        self.lines, self.counts, self.faults = {}, {}, []
        self.left = {}  # When each line left, by the server's clock.
        self.resumed = self.messages = self.heard_ms = 0
        self.outcomes = []  # What became of each token that was shown.
        self.whole = []  # Why each whole board came, and how many events after the last message.
        self.doubts = []  # Lines that are not as many as the ledger says, twice in a row.
        self._doubted = False
        self._sequence = self._ledger_sequence = 0
        self._process = subprocess.Popen(
            suite.command("board", "watch", *arguments), stdout=subprocess.PIPE, text=True,
            start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._apply(json.loads(line))

    def _apply(self, message):
        self.messages += 1
        self.heard_ms = time.time() * 1000
        missed = int(message.get("ledger_sequence", 0)) - self._ledger_sequence
        self._ledger_sequence += missed
        sequence = int(message.get("sequence", 0))
        if sequence not in (1, self._sequence + 1):
            self.faults.append(f"message {sequence} after {self._sequence}")
        self._sequence = sequence
        outcome = message.get("resume", "")
        self.outcomes += [outcome] if outcome else []
        self.resumed += outcome == "RESUME_RESUMED"
        if "snapshot" in message:
            self.whole.append(
                (outcome or ("no token" if sequence == 1 else "in the stream"), missed))
            cards = message["snapshot"].get("cards", [])
            if len({card["name"] for card in cards}) != len(cards):
                self.faults.append("a line twice in a snapshot")
            self.lines = {card["name"]: card for card in cards}
        changes = message.get("changes", {})
        lines = dict(self.lines)
        for card in changes.get("cards", []):
            known = lines.get(card["name"], {})
            if int(known.get("version", 0)) > int(card["version"]):
                self.faults.append(f"{card['name']} went back to {card['version']}")
            lines[card["name"]] = card
        for name in changes.get("removed", []):
            lines.pop(name, None)
            self.left[name] = message["server_time"]
        self.lines = lines
        if "counts" in message:
            self.counts = message["counts"]
            self._add_up(message.get("ledger_sequence"))
            self._compare(message.get("ledger_sequence"))

    def _add_up(self, ledger_sequence):
        """The lines are those that the server says this board has, each in its version (hazard H-42)."""
        wanted = self.counts["sum"]
        shown = len(self.lines), sum(self.versions().values())
        if shown != (wanted.get("card_count", 0), int(wanted.get("version_sum", 0))):
            self.faults.append(f"has {shown} where the server has {wanted} at {ledger_sequence}")

    def _compare(self, ledger_sequence):
        """Head counts against lines, where both are of one state of the ledger (hazard H-42)."""
        if not ledger_sequence or self.counts.get("ledger_sequence") != ledger_sequence:
            return
        board = self.counts["board"]
        wanted = (sum(line.get("waiting_count", 0) for line in board["lines"]),
                  board.get("claimed_count", 0), board.get("lost_call_count", 0),
                  board.get("ringing_count", 0),
                  board.get("open_order_count", 0))
        columns = [card["column"] for card in self.lines.values()]
        shown = (sum(each in ("COLUMN_TO_TAKE", "COLUMN_PROMISED") for each in columns),
                 columns.count("COLUMN_IN_REGULATION"), columns.count("COLUMN_LOST_CALL"),
                 columns.count("COLUMN_RINGING"),
                 sum(each.startswith("COLUMN_ORDER_") for each in columns))
        if self._doubted and shown != wanted:
            self.doubts.append(f"shows {shown}, the ledger has {wanted} at {ledger_sequence}")
        self._doubted = shown != wanted

    @property
    def snapshots(self):
        return len(self.whole)

    def versions(self):
        return {name: int(card["version"]) for name, card in self.lines.items()}

    def stop(self):
        self._process.terminate()
        self._process.wait(30)
        self._reader.join(30)
        self._process.stdout.close()
