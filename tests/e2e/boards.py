"""A room whose boards are watched: regulation alone, and `sasctl board watch` folded as the proto says."""

import json
import subprocess
import threading

from e2e import Suite


class Room(Suite):
    services = ("regulation",)


class Board:
    """A running `sasctl board watch --json`, folded as the proto says."""

    def __init__(self, suite, *arguments):
        self.lines, self.counts, self.faults = {}, {}, []
        self.snapshots = self.resumed = self.messages = 0
        self._sequence = 0
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
        sequence = int(message.get("sequence", 0))
        if sequence not in (1, self._sequence + 1):
            self.faults.append(f"message {sequence} after {self._sequence}")
        self._sequence = sequence
        if message.get("resume") == "RESUME_RESUMED":
            self.resumed += 1
        if "snapshot" in message:
            self.snapshots += 1
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
        self.lines = lines
        if "counts" in message:
            self.counts = message["counts"]

    def versions(self):
        return {name: int(card["version"]) for name, card in self.lines.items()}

    def stop(self):
        self._process.terminate()
        self._process.wait(30)
        self._reader.join(30)
        self._process.stdout.close()
