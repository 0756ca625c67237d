"""Kills the parts of a suite under load and holds what is left against what the clients were told.

Clerks (partner/clerks.mjs) hold, book, move and cancel without end and keep a journal of their
own. Meanwhile booking, slots, Redis and PostgreSQL are killed by kill -9, at random moments and at
every crash point that the services name. Recovery is when an act that began after the kill is
acknowledged. In the end each acknowledged act must be in the ledger once, the ledger must hold nothing
else, no seat may have two patients at any time, and slots and Redis must say what the ledger says.
"""

import collections
import contextlib
import dataclasses
import itertools
import json
import pathlib
import random
import signal
import subprocess
import time
import typing

from e2e import await_until
from nurse_entry import open_patient

CLERKS = pathlib.Path(__file__).resolve().parent / "partner" / "clerks.mjs"
RECOVERY_SECONDS_MAX = 45
CRASH_SECONDS_MAX = 20
PASSINGS_MAX = 4
# Points that work passes only now and then. Whoever asks platforms has a lease, of which a dead one leaves
# up to forty seconds, and waits longer after each question in vain, up to a minute.
SELDOM = (".source.", ".displaced.", ".move.")
SELDOM_SECONDS_MAX = 120
SELDOM_PASSINGS_MAX = 2
PAUSE_SECONDS_MAX = 0.3
HOLD_SECONDS_MAX = 130  # Of a hold, and more than a prepared seat has.
CANCELLED = "5"
# Each makes the appointment's next version. What services do by themselves is seen (partner/agendas.mjs):
# its platform has confirmed it, was told of its end, has ended it.
CHANGES = ("book", "move", "cancel", "confirm", "told", "ended")
GIVEN_UP = ("cancel", "told", "ended")
ACTS = ("hold", *CHANGES)


def version_of(etag):
    return int(etag.strip('"').split("-")[0]) if etag else 0


def now_ms():
    return time.time() * 1000


@dataclasses.dataclass
class Kill:
    """One death: of whom, by which crash point ("" for a random moment), when, and its end."""

    victim: str
    point: str
    at_ms: float = 0
    recovered_ms: float = 0

    @property
    def rto_ms(self):
        return self.recovered_ms - self.at_ms


class Row(typing.NamedTuple):
    """An appointment in the ledger, and the attempt of the clerk who booked it."""

    slot: str
    seat: str
    state: str
    version: int
    attempt: str

    def live(self):
        return self.state != CANCELLED

    def place(self):
        """Slot, seat, and whether it was given up."""
        return self.slot, self.seat, not self.live()


class Journal:
    """What the clerks wrote down, read as it grows."""

    def __init__(self, path):
        self.path = path
        self.path.write_text("")
        self.lines = []
        self._offset = 0
        self._rest = ""

    def read(self):
        with open(self.path, encoding="utf-8") as file:
            file.seek(self._offset)
            text = self._rest + file.read()
            self._offset = file.tell()
        *whole, self._rest = text.split("\n")
        self.lines += map(json.loads, whole)
        return self.lines

    def recovered(self, since_ms, act="book"):
        """When the first such act that was sent after that moment was acknowledged; 0 for not yet."""
        for line in reversed(self.read()):
            if line["at"] < since_ms:
                return 0
            if line.get("act") == act and line.get("ok") and line["sent"] > since_ms:
                return min(each["at"] for each in self.lines if each.get("act") == act
                           and each.get("ok") and each["sent"] > since_ms)
        return 0

    def told(self, act):
        """The last word on each act of that kind."""
        return [line for line in self.lines if line.get("act") == act and "asked" not in line]


def crash_points(binaries, services=("booking", "slots")):
    """(service, point) of all that these services can be told to die at."""
    found = []
    for service in services:
        listed = subprocess.run([str(binaries / f"sas-{service}"), "--list-crash-points"],
                                capture_output=True, text=True, check=True).stdout.split()
        found += [(service, point) for point in listed]
    return found


def enough(kills, points):
    """So many deaths visit every point and leave a third to chance."""
    return max(kills, -(-3 * len(points) // 2))


class Chaos:
    """Runs clerks against a started suite and kills around them."""

    program = CLERKS
    recovery = "book"  # The act that shows that work goes on.

    def __init__(self, suite, slots, seed, clerks=8):
        self.suite = suite
        self.slots = slots
        self.seed = seed
        self.clerks = clerks
        self.random = random.Random(seed)
        self.journal = Journal(suite.folder / "clerks.jsonl")
        self.kills = []

    def plan(self, count, points):
        """`count` deaths in random order: each of `points` in turn, and random moments between."""
        victims = ["booking", "slots", "redis"]
        if self.suite.ledger == "postgres":
            victims.append("postgres")
        at_random = max(count - len(points), count // 3)
        plan = [Kill(victims[i % len(victims)], "") for i in range(at_random)]
        again = self.random.sample(points, len(points))
        plan += [Kill(*again[i % len(again)]) for i in range(count - at_random)]
        self.random.shuffle(plan)
        return plan

    def work(self):
        """What the clerks are given to work on."""
        return {"slots": self.slots, "patient": open_patient(self.suite)}

    def every_slot(self):
        """All that the run books, whoever is the master of its agenda."""
        return self.slots

    def run(self, count, points, say=lambda text: None):
        with self._load():
            await_until(lambda: self.journal.recovered(1, self.recovery), "the clerks work", 30)
            for number, kill in enumerate(self.plan(count, points), 1):
                self._endure(kill)
                say(f"{number}/{count} {kill.victim} {kill.point or 'at random'}: "
                    f"{kill.rto_ms:.0f} ms")
        found = self.verify()
        found["points_not_reached"] += sorted(
            set(points) - {(kill.victim, kill.point) for kill in self.kills})
        return self.report(found)

    @contextlib.contextmanager
    def _load(self):
        with open(self.suite.folder / "clerks.log", "ab") as log:
            process = subprocess.Popen(
                ["node", str(self.program), "--suite", str(self.suite.suite_file), "--journal",
                 str(self.journal.path), "--seed", str(self.seed), "--clerks", str(self.clerks)],
                stdin=subprocess.PIPE, stderr=log, text=True)
        process.stdin.write(json.dumps(self.work()) + "\n")
        process.stdin.flush()
        try:
            yield
        finally:
            process.stdin.close()
            code = process.wait(RECOVERY_SECONDS_MAX + HOLD_SECONDS_MAX)
        if code != 0:
            raise AssertionError(f"the clerks ended with {code}: "
                                 + (self.suite.folder / "clerks.log").read_text())
        self.journal.read()

    def _endure(self, kill):
        time.sleep(self.random.uniform(0, PAUSE_SECONDS_MAX))  # The moment is the chance.
        if kill.point:
            self._crash(kill)
        else:
            kill.at_ms = now_ms()
            self.suite.kill(kill.victim)
        dead_ms = now_ms()
        self.suite.restart(kill.victim)
        kill.recovered_ms = await_until(
            lambda: self.journal.recovered(dead_ms, self.recovery),
            lambda: f"work goes on after {kill}: {self.journal.lines[-5:]}", RECOVERY_SECONDS_MAX)
        self.kills.append(kill)

    def _crash(self, kill):
        """Restarts the victim with the crash point armed and waits for its end."""
        seldom = any(each in kill.point for each in SELDOM)
        passings = self.random.randint(1, SELDOM_PASSINGS_MAX if seldom else PASSINGS_MAX)
        armed = f"{kill.point}:{passings}"
        if kill.point.startswith("slots.load."):
            armed = kill.point  # Once for each loading of Redis.
        self.suite.kill(kill.victim)
        settings = self.suite.settings.setdefault(kill.victim, {})
        settings["SAS_CRASH_POINT"] = armed
        self.suite.spawn(kill.victim)
        process = self.suite.processes[kill.victim]
        del settings["SAS_CRASH_POINT"]
        if kill.point.startswith("slots.load."):
            self.suite.kill("redis")
            self.suite.restart("redis")
        await_until(lambda: self.suite.ended(kill.victim),
                    lambda: f"{armed} ends {kill.victim}:\n{self.suite.tail(kill.victim)}",
                    SELDOM_SECONDS_MAX if seldom else CRASH_SECONDS_MAX)
        kill.at_ms = now_ms()
        if process.returncode != -signal.SIGKILL:  # It ended, but not there.
            raise AssertionError(f"{armed}: {kill.victim} ended with {process.returncode}:\n"
                                 + self.suite.tail(kill.victim))

    # --- what is left ------------------------------------------------------------------------

    def verify(self):
        """Violations by kind, each with what shows it."""
        self._settle()
        found = collections.defaultdict(list)
        rows = {name: Row(slot, seat, state, int(version), booker.removeprefix("idel-"))
                for name, slot, seat, state, version, booker in self.suite.rows(
                    "booking", "SELECT name, slot, seat, state, version, booker FROM appointments")}
        self._check_acts(rows, found)
        self._check_seats(rows, found)
        self._check_slots(rows, found)
        return found

    def _settle(self):
        """The relay tells the slots what is left to tell; then the services end."""
        self._end_when_told()
        # Booking counts its figures each second; what was written after the last count only its ledger
        # knows, which can be read now. A service that starts counts at once.
        if self.suite.rows("booking", "SELECT slot FROM seat_outbox"):
            for service in ("slots", "booking"):
                self.suite.restart(service)
            self._end_when_told()

    def _end_when_told(self):
        await_until(lambda: self.suite.metric("booking", "sas_booking_seat_relay_backlog") == 0
                    and self.suite.metric("booking", "sas_booking_live_appointments") > 0,
                    "the slots have heard everything", RECOVERY_SECONDS_MAX)
        parked = self.suite.metric("booking", "sas_booking_seat_relay_parked")
        if parked:
            raise AssertionError(f"{parked} seat marks are parked")
        for service in ("booking", "slots"):
            self.suite.terminate(service)

    def _changes(self):
        """The acknowledged changes of each appointment, by its attempt, in the order of its versions."""
        changes = collections.defaultdict(list)
        for act in CHANGES:
            for line in self.journal.told(act):
                if line["ok"]:
                    changes[line["attempt"]].append(line)
        return {attempt: sorted(each, key=lambda line: version_of(line["etag"]))
                for attempt, each in changes.items()}

    def _check_acts(self, rows, found):
        """Journal and ledger, both ways."""
        told = [line for act in ACTS for line in self.journal.told(act)]
        found["unknown_unresolved"] += [line for line in told if line.get("unresolved")
                                        and line["act"] in CHANGES]
        booked = set()
        for changes in self._changes().values():
            last = changes[-1]
            row = rows.get(last["name"])
            booked.add(last["name"])
            steps = [(version_of(line.get("from")), version_of(line["etag"])) for line in changes]
            place = last["slot"], str(last["seat"]), last["act"] in GIVEN_UP
            if row is None or row.version < len(steps):
                found["acked_missing"].append([changes, row])
            elif row.version > len(steps):
                # Done unasked, done twice, or done and refused to whoever asked.
                found["changed_without_ack"].append([changes, row])
            elif row.place() != place or steps != [(n, n + 1) for n in range(len(steps))]:
                # Not where it was last told, or changed from a version that was no more.
                found["misplaced"].append([changes, row])
        found["booked_without_request"] += [row for row in rows.items() if row[0] not in booked]
        attempts = {row.attempt: name for name, row in rows.items()}
        for line in told:
            if line["ok"] or line.get("unresolved"):
                continue
            if line["act"] == "book" and line["attempt"] in attempts:
                found["refused_but_booked"].append([line, attempts[line["attempt"]]])
            if line["act"] == "cancel":
                found["cancel_refused"].append(line)
        # Every slot of the run exists: a service that has just started must not deny it.
        found["denied"] += [line for line in told if line.get("reason") == "SLOT_NOT_FOUND"]
        found["repeat_differs"] += [line for line in self.journal.told("repeat")
                                    if not line["ok"] or line["told"] != line["first"]]

    def _check_seats(self, rows, found):
        """One patient at a time on each seat: in the ledger, and in what the clerks were told."""
        live = collections.Counter((row.slot, row.seat) for row in rows.values() if row.live())
        found["doubles"] += [seat for seat, count in live.items() if count > 1]
        spans = collections.defaultdict(list)
        for attempt, changes in self._changes().items():
            for line, after in itertools.zip_longest(changes, changes[1:]):
                if line["act"] not in GIVEN_UP:
                    # His at least from the answer to the first word of the change that ended it.
                    until = after["first"] if after else float("inf")
                    spans[line["slot"], line["seat"]].append((line["at"], until, attempt))
        for seat, each in spans.items():
            each.sort()
            found["doubles"] += [[seat, one, two] for one, two in zip(each, each[1:])
                                 if two[0] < one[1] and one[0] < two[1]]

    def _check_slots(self, rows, found):
        """The ledger of slots and Redis say what booking's ledger says."""
        live = {(row.slot, row.seat, name) for name, row in rows.items() if row.live()}
        kept = set(self.suite.rows("slots", "SELECT slot, seat, appointment FROM seats"))
        found["slots_differ"] += sorted(live ^ kept)
        shown = set()
        for slot in self.every_slot():
            fields = self._redis_slot(slot)
            for key, value in fields.items():
                seat, _, what = key.partition(":")
                if what != "state":
                    continue
                if value == "taken":
                    shown.add((slot, seat, fields[f"{seat}:appointment"]))
                elif int(fields[f"{seat}:expire_us"]) / 1000 > now_ms() + HOLD_SECONDS_MAX * 1000:
                    found["holds_without_end"].append([slot, seat, fields])
        found["redis_differs"] += sorted(live ^ shown)

    def _redis_slot(self, name):
        _, region, _, rest = name.split("/", 3)
        site, _, slot = rest.partition("/slots/")
        words = self.suite.redis("HGETALL", f"sas:{{{region}}}:slot:{site}/{slot}").split("\n")
        return dict(zip(words[::2], words[1::2]))

    def report(self, found):
        """Everything for the report file; `summary` is its last line."""
        told = {act: self.journal.told(act) for act in ACTS}
        every = [line for lines in told.values() for line in lines]
        unknown = [line for line in every if line["open"]]
        times = sorted(kill.rto_ms for kill in self.kills)
        violations = {kind: each for kind, each in found.items() if each}
        return {
            "summary": {
                "kills": len(self.kills), "acked_missing": len(found["acked_missing"]),
                "doubles": len(found["doubles"]),
                "unknown_unresolved": len(found["unknown_unresolved"]),
                "rto_ms_p50": percentile(times, 0.5), "rto_ms_p95": percentile(times, 0.95),
                "other_violations": sum(len(each) for kind, each in violations.items() if kind not in (
                    "acked_missing", "doubles", "unknown_unresolved")),
                **{done: sum(line["ok"] for line in told[act]) for act, done in (
                    ("book", "booked"), ("move", "moved"), ("cancel", "cancelled"))},
                "unknown": len(unknown), "seed": self.seed},
            "ledger": self.suite.ledger,
            "refusals": collections.Counter(
                f"{line['act']} {line['reason']}" for line in every if not line["ok"]),
            "open_outcomes": collections.Counter(
                f"{line['act']} {reason}" for line in unknown for reason in line["open"]),
            "rto_ms": {
                who: {"kills": len(each), "p50": percentile(each, 0.5), "max": each[-1]}
                for who, each in sorted(by_victim(self.kills).items())},
            "violations": violations,
            "kills": [{**dataclasses.asdict(kill), "rto_ms": round(kill.rto_ms)}
                      for kill in self.kills]}


def by_victim(kills):
    found = collections.defaultdict(list)
    for kill in kills:
        found[f"{kill.victim} {kill.point or 'at random'}"].append(round(kill.rto_ms))
    return {who: sorted(each) for who, each in found.items()}


def percentile(ordered, part):
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))]) if ordered else 0


def merge(reports, seed):
    """One summary over several sittings."""
    times = sorted(kill["rto_ms"] for report in reports for kill in report["kills"])
    total = collections.Counter()
    for report in reports:
        total.update({key: value for key, value in report["summary"].items()
                      if not key.startswith("rto") and key != "seed"})
    return {**total, "rto_ms_p50": percentile(times, 0.5), "rto_ms_p95": percentile(times, 0.95),
            "seed": seed}
