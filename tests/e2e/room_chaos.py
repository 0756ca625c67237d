"""Kills regulation under the load of a room and holds its ledger and its boards against the journal.

The clerks (partner/room_clerks.mjs) write down every answer. An act on a dossier makes its version grow
by one, so a lost act and one that was done twice both show as a wrong version; the last act says where
the dossier must be (invariant I3). Boards watch all the time and resume after each death.
"""

import collections
import contextlib
import json
import pathlib
import time

import chaos
from boards import Board
from chaos import version_of
from e2e import await_until

ROLES = ("arm", "regulator_mg", "supervisor")
ACTIVE, COMPLETED = 2, 3
# A claim that ends about now may be shown or not.
CLAIM_DOUBT_US = 10_000_000
KILLS_BETWEEN_BOARDS = 3


class Place:
    """Where a dossier must be after the acts on it, one after the other."""

    def __init__(self):
        self.state, self.waits, self.owner = ACTIVE, False, ""
        self.priority = ""

    def apply(self, line):
        act = line["act"]
        if act in ("prioritise", "call_again"):
            self.priority = line["priority"]
        if act == "next":
            self.owner = line["owner"]
        if act in ("release", "transfer", "complete"):
            self.owner = ""
        if act in ("open", "transfer", "call_again"):
            self.waits = True
            self.state = ACTIVE
        if act in ("decide", "complete") or self.priority == "PRIORITY_NR":
            self.waits = False
        if act == "decide":
            self.state = ACTIVE
        if act == "complete":
            self.state = COMPLETED

    def row(self):
        return self.state, int(self.waits), self.owner


def in_order(lines):
    """The acts on one dossier by the version that each made. A decision tells none: one gap is its."""
    known = {version_of(line["etag"]): line for line in lines if line["etag"]}
    silent = iter([line for line in lines if not line["etag"]])
    return [known.get(version) or next(silent, None) for version in range(1, len(lines) + 1)]


class RoomChaos(chaos.Chaos):
    """Runs the room's clerks against regulation alone and kills it."""

    program = pathlib.Path(__file__).resolve().parent / "partner" / "room_clerks.mjs"
    recovery = "open"

    def __init__(self, suite, seed, clerks=8):
        super().__init__(suite, [], seed, clerks)
        self.boards = []
        self.boards_ms = []  # From a death until all boards had heard of the next life.

    def work(self):
        return {}  # They open their own.

    def plan(self, count, points):
        kills = super().plan(count, points)
        victims = ["regulation"] + (["postgres"] if self.suite.ledger == "postgres" else [])
        for number, kill in enumerate(each for each in kills if not each.point):
            # The database dies too, but it is the service that the run is about.
            kill.victim = victims[-1] if number % 8 == 7 else victims[0]
        return kills

    @contextlib.contextmanager
    def _load(self):
        self.boards = [Board(self.suite, "--role", role) for role in ROLES]
        try:
            await_until(lambda: all(board.messages for board in self.boards), "the boards", 30)
            with super()._load():
                yield
        except BaseException:
            self.stop_boards()
            raise

    def _endure(self, kill):
        super()._endure(kill)
        # Some deaths find the boards still away. Were it all, they would miss so many events that a
        # whole board is right (RESUME_TOO_OLD), and the run would say little of resuming.
        if kill.victim == "regulation" and len(self.kills) % KILLS_BETWEEN_BOARDS == 0:
            await_until(lambda: all(board.heard_ms > kill.recovered_ms for board in self.boards),
                        "the boards are back", chaos.RECOVERY_SECONDS_MAX)
            self.boards_ms.append(chaos.now_ms() - kill.at_ms)

    def stop_boards(self):
        for board in self.boards:
            board.stop()
        self.boards = []

    # --- what is left ------------------------------------------------------------------------

    def verify(self):
        found = collections.defaultdict(list)
        shown = self._check_boards(found)
        self.suite.terminate("regulation")
        rows = {row[0]: row[1:] for row in self.suite.rows(
            "regulation", "SELECT name, state, waits, owner, claim_expire_us, version FROM cases")}
        self._check_shown(shown, rows, found)
        self.check_ledger(rows, found)
        audited = int(self.suite.rows(
            "regulation", "SELECT count(*) FROM audit WHERE action NOT IN "
            "('listen_again', 'case_ageing', 'case_beginning')")[0][0])  # The service's own.
        acts = sum(len(lines) for lines in self._acts().values())
        if audited != acts:
            found["audit_differs"].append([audited, acts])
        return found

    def _check_boards(self, found):
        """Each board went on where it stood; what all of them show in the end."""
        fresh = Board(self.suite, "--role", "supervisor")
        try:
            with contextlib.suppress(AssertionError):
                await_until(lambda: fresh.messages and all(
                    board.versions() == fresh.versions() for board in self.boards),
                            "the boards agree", 30)
            for board in self.boards:
                found["board_faults"] += board.faults
                found["board_doubts"] += board.doubts
                if [reason for reason, _ in board.whole] != ["no token"]:
                    outcomes = collections.Counter(board.outcomes)
                    found["board_began_anew"].append([board.whole, outcomes])
                if board.resumed < len(self.boards_ms):
                    found["board_not_resumed"].append([board.resumed, len(self.boards_ms)])
                differs = dict(board.versions().items() ^ fresh.versions().items())
                if differs:
                    found["boards_differ"].append(differs)
            return fresh.versions()
        finally:
            fresh.stop()
            self.stop_boards()

    @staticmethod
    def _check_shown(shown, rows, found):
        """The board shows who waits and who is taken, and nobody else."""
        now_us = time.time() * 1e6
        for name, (state, waits, owner, expire_us, version) in rows.items():
            left_us = int(expire_us) - now_us if owner and int(state) == ACTIVE else -1e12
            if abs(left_us) < CLAIM_DOUBT_US:
                continue
            wanted = int(version) if int(waits) or left_us > 0 else None
            if shown.get(name) != wanted:
                found["shown_differs"].append([name, shown.get(name), state, waits, owner, version])
        found["shown_unknown"] += sorted(set(shown) - set(rows))

    def _acts(self):
        """Acknowledged acts by dossier."""
        acts = collections.defaultdict(list)
        for line in self.journal.lines:
            if line.get("ok") and "asked" not in line and line["act"] != "repeat":
                acts[line["name"].partition("/decisions/")[0]].append(line)
        return acts

    def check_ledger(self, rows, found):
        """Journal and ledger, both ways; `rows` by name: state, waits, owner, expiry, version."""
        acts = self._acts()
        for line in self.journal.lines:
            if line.get("unresolved"):
                found["unknown_unresolved"].append(line)
            if line["act"] == "repeat" and (not line["ok"] or line["name"] != line["first"]):
                found["repeat_differs"].append(line)
        for name, row in rows.items():
            if name not in acts:
                found["opened_without_request"].append([name, row])
        claims = collections.defaultdict(set)
        for name, lines in acts.items():
            for line in lines:
                if line["act"] == "next":
                    claims[name, line["version"]].add(line["owner"])
            ordered = in_order(lines)
            if name not in rows or int(rows[name][4]) > len(lines) and not found["unknown_unresolved"]:
                found["acked_missing" if name not in rows else "done_twice"].append(
                    [name, rows.get(name), ordered])
                continue
            if int(rows[name][4]) < len(lines) or None in ordered:
                found["acked_missing"].append([name, rows[name], ordered])
                continue
            place = Place()
            for line in ordered:
                place.apply(line)
            state, waits, owner = int(rows[name][0]), int(rows[name][1]), rows[name][2]
            if place.row() != (state, waits, owner):
                found["misplaced"].append([name, rows[name], place.row(), ordered])
        found["doubles"] += [[*claim, sorted(owners)] for claim, owners in claims.items()
                             if len(owners) > 1]

    def report(self, found):
        told = [line for line in self.journal.lines if "asked" not in line]
        times = sorted(kill.rto_ms for kill in self.kills)
        violations = {kind: each for kind, each in found.items() if each}
        named = ("acked_missing", "doubles", "unknown_unresolved")
        return {
            "summary": {
                "kills": len(self.kills), **{kind: len(found[kind]) for kind in named},
                "rto_ms_p50": chaos.percentile(times, 0.5), "rto_ms_p95": chaos.percentile(times, 0.95),
                "other_violations": sum(len(each) for kind, each in violations.items()
                                        if kind not in named),
                "opened": sum(line["act"] == "open" and line["ok"] for line in told),
                "acts": sum(line["ok"] for line in told),
                "unknown": sum(bool(line.get("open")) for line in told), "seed": self.seed},
            "ledger": self.suite.ledger,
            "refusals": collections.Counter(f"{line['act']} {line['reason']}" for line in told
                                            if not line["ok"]),
            "rto_ms": {who: {"kills": len(each), "p50": chaos.percentile(each, 0.5), "max": each[-1]}
                       for who, each in sorted(chaos.by_victim(self.kills).items())},
            "boards_back_ms": {"deaths": len(self.boards_ms),
                               "p50": chaos.percentile(sorted(self.boards_ms), 0.5),
                               "max": round(max(self.boards_ms, default=0))},
            "violations": json.loads(json.dumps(violations)),
            "kills": [{**vars(kill), "rto_ms": round(kill.rto_ms)} for kill in self.kills]}
