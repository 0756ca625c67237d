"""tools/bench day: a whole day of a SAMU through the real services, at a clock that is put forward.

Callers come when the plan says (day_plan.py); ARMs pick up, prioritise and close, call lost callers back;
regulators take whoever the service hands them next, need their time, decide and order; the OSNP books
(day_osnp.py). Between two acts nothing waits: the services' clock is put to the next one (clock_shim.c). What
regulation then says of the day must be what was done, figure by figure, and what the plan's totals were.
"""

import collections
import dataclasses
import datetime
import heapq
import itertools
import json
import math
import mmap
import random
import struct
import subprocess
import time
import zoneinfo

import day_plan
from day_osnp import Osnp
from suite import ROOT, SERVICES, Suite, await_until

REGION = "regions/fr-pdl"
SHIM = ROOT / "tools" / "lib" / "clock_shim.c"
ZONE = zoneinfo.ZoneInfo("Europe/Paris")
TRIES, TRY_AGAIN_AFTER = 100, 0.1  # Ten seconds: the longest that a region is rebuilt.
OPEN_CODES = ("DEADLINE_EXCEEDED", "UNAVAILABLE")
TOKENS_EXPIRE = 4_000_000_000  # Beyond any day that is played.
MEAN_TOLERANCE_SECONDS = 1.0   # The acts themselves take time.

ARMS = 6
VITAL = ("PRIORITY_P0", "PRIORITY_P1")
# Seconds that a regulator needs; below the claim's end, so that he keeps the dossier.
VITAL_WORK = (40, 100)
WORK = (60, 420)
PROMISE_START, PROMISE_END = 600, 4200  # Of a P3, from the pick-up.
RETURN_CALL = (120, 480)
AGAIN_SECONDS_MAX = 7200  # People call again about what is not two hours old.
RAISED_SHARE = 0.3        # Of those who call again while they wait with P2.
# Levels of the dossiers of either chain, and what is decided.
PRIORITIES = {False: (("PRIORITY_P0", 3), ("PRIORITY_P1", 27), ("PRIORITY_P2", 70)),
              True: (("PRIORITY_P1", 5), ("PRIORITY_P2", 70), ("PRIORITY_P3", 25))}
ADVICE = ("R4", "CONSEIL", "", "")
DECISIONS = {False: ((("R2", "INTER", "TSU", ""), 40), (ADVICE, 60)),
             True: ((("R3", "ORIENT", "LIBERAL.MG", "CABINET"), 30), (ADVICE, 70))}


class Clock:
    """The services' hour: the machine's plus what is written here."""

    def __init__(self, path):
        path.write_bytes(bytes(8))
        with open(path, "r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)

    def forward_to(self, instant):
        """Never back: what has passed stays passed."""
        ahead = max(struct.unpack("q", self._ahead)[0], int((instant - time.time()) * 1e9))
        self._ahead[:] = struct.pack("q", ahead)

    def close(self):
        self._ahead.close()


@dataclasses.dataclass
class Dossier:
    name: str
    etag: str
    pickup: float
    arrival: float
    priority: str
    generalist: bool
    promise: tuple = ()
    kept: bool = False
    raised: bool = False
    taken: float = 0
    taken_priority: str = ""
    decided: float = 0
    in_hand: bool = False
    ordered: bool = False


class Room:
    """Plays the plan; keeps its own books."""

    def __init__(self, ask, clock, midnight, calls, seed):
        self._ask = ask
        self._clock = clock
        self._midnight = midnight
        self.chance = random.Random(seed)
        self._events, self._order = [], itertools.count()
        self._idle = {True: [], False: []}
        self.dossiers = {}
        self.decisions = collections.Counter()
        self.waits, self.rings = [], []
        self.now = midnight
        self.osnp = Osnp(self, REGION, ZONE)
        for number, call in enumerate(calls):
            self._at(midnight + call.arrival + call.wait, self._hear, number, call)
        for generalist in (True, False):
            load = sum(call.generalist == generalist for call in calls if call.kind == "regulated")
            # Three times as many as a day without hours would keep busy.
            doctors = math.ceil(3 * load * sum(WORK) / 2 / day_plan.DAY_SECONDS) if load else 0
            for number in range(max(doctors, min(load, 1))):
                self._idle[generalist].append(f"{'mrl' if generalist else 'mru'}-{number}")

    def _at(self, instant, what, *arguments):
        heapq.heappush(self._events, (instant, next(self._order), what, arguments))

    def later(self, seconds, what, *arguments):
        self._at(self.now + seconds, what, *arguments)

    def play(self):
        """Returns when the last dossier is decided: the end of the day's work."""
        while self._events:
            self.now, _, what, arguments = heapq.heappop(self._events)
            self._clock.forward_to(self.now)
            what(*arguments)
        return self.now

    def ask(self, method, body, role, subject, again=()):
        """The answer; a refusal fails the day unless its reason is one of `again`."""
        if not method.rpartition("/")[2].startswith(("Get", "Search")):
            body = {"request_id": f"day-{next(self._order)}", **body}
        told = self._ask(method, body, role, subject)
        if not told.get("ok") and told.get("reason") not in again:
            raise AssertionError(f"{method} at {stamp(self.now)}: {told}")
        return told

    def _do(self, method, body, role, subject, again=()):
        return self.ask(f"RegulationService/{method}", body, role, subject, again)

    def _arm(self):
        return f"arm-{self.chance.randrange(ARMS)}"

    def _one_of(self, choices):
        values, weights = zip(*choices)
        return self.chance.choices(values, weights)[0]

    # --- calls -------------------------------------------------------------------------------

    def _hear(self, number, call):
        """The pick-up of a call, or its end without one."""
        origin = {"entry_point": "ENTRY_POINT_LINE_15", "caller_phone_number": phone(number),
                  "arrival_time": stamp(self.now - call.wait), "pickup_time": stamp(self.now)}
        if call.kind == "lost":
            return self._lose(number, call)
        self.waits.append(call.wait)
        if call.kind == "again":
            return self._attach(origin)
        arm = self._arm()
        opened = self._do("CreateRegulationCase", {"parent": REGION, "regulation_case": {
            "territory": "85", "motif_code": "M03.05", "origin": origin,
            "patient_place": {"insee_code": "85047"}, "mobility": {"kind": "KIND_OWN_TRANSPORT"},
            "patients": [{"age": {"value": 38, "unit": "UNIT_YEAR"}}]}}, "arm", arm)
        dossier = Dossier(opened["name"], opened["etag"], self.now, self.now - call.wait, "PRIORITY_NR",
                          call.generalist)
        self.dossiers[dossier.name] = dossier
        if call.kind == "direct":
            return self._close(dossier, arm)
        return self._prioritise(dossier, self._one_of(PRIORITIES[call.generalist]), arm)

    def _lose(self, number, call):
        self.rings.append(call.wait)
        lost = self._do("RecordLostCall", {"parent": REGION, "lost_call": {
            "phone_number": phone(number), "territory": "85", "ring_seconds": call.wait,
            "arrival_time": stamp(self.now - call.wait)}}, "supervisor", "sup-1")
        self._at(self.now + self.chance.randint(*RETURN_CALL), self._do, "ResolveLostCall",
                 {"name": lost["name"]}, "arm", self._arm())

    def _close(self, dossier, arm):
        """A dossier that needs no doctor: the ARM answers and closes it."""
        told = self._do("PrioritizeRegulationCase", {
            "name": dossier.name, "priority": "PRIORITY_NR", "filiere": "FILIERE_SNP"}, "arm", arm)
        self._do("CloseRegulationCase", {"name": dossier.name, "etag": told["etag"],
                                         "attribution": "DR"}, "arm", arm)

    def _prioritise(self, dossier, priority, arm):
        dossier.priority = priority
        body = {"name": dossier.name, "priority": priority,
                "filiere": "FILIERE_SNP" if dossier.generalist else "FILIERE_AMU"}
        if priority == "PRIORITY_P3":
            dossier.promise = (self.now + PROMISE_START, self.now + PROMISE_END)
            body["callback"] = {"consent": True, "window_start_time": stamp(dossier.promise[0]),
                                "window_end_time": stamp(dossier.promise[1])}
            # A moment past the begin: the service's clock is never behind.
            self._at(dossier.promise[0] + 1, self._wake, dossier.generalist)
        self._do("PrioritizeRegulationCase", body, "arm", arm)
        self._wake(dossier.generalist)

    def _attach(self, origin):
        """Somebody calls again; while he waits with P2 the ARM may raise it."""
        known = [each for each in self.dossiers.values() if each.priority != "PRIORITY_NR"]
        recent = [each for each in known if self.now - each.pickup < AGAIN_SECONDS_MAX]
        dossier = self.chance.choice(recent or known)
        arm = self._arm()
        self._do("AttachCall", {"name": dossier.name, "call": origin}, "arm", arm)
        # A raise would stop an order, and the OSNP with it: another day's story.
        may_raise = dossier.priority == "PRIORITY_P2" and not dossier.in_hand and not dossier.ordered
        if may_raise and self.chance.random() < RAISED_SHARE:
            dossier.priority, dossier.raised = "PRIORITY_P1", True
            self._do("PrioritizeRegulationCase", {"name": dossier.name, "priority": "PRIORITY_P1",
                                                  "reason": "aggravation"}, "arm", arm)
        self._wake(dossier.generalist)

    # --- regulators --------------------------------------------------------------------------

    def _wake(self, generalist):
        """Whoever is free takes the next of his chain, as long as there is one."""
        while self._idle[generalist]:
            doctor = self._idle[generalist].pop(0)
            if not self._take(generalist, doctor):
                return

    def _take(self, generalist, doctor):
        role = "regulator_mg" if generalist else "regulator_amu"
        taken = self._do("ClaimNextRegulationCase", {"parent": REGION}, role, doctor, ("QUEUE_EMPTY",))
        if not taken.get("ok"):
            self._idle[generalist].insert(0, doctor)
            return False
        dossier = self.dossiers[taken["name"]]
        dossier.in_hand = True
        if not dossier.taken:
            dossier.taken, dossier.taken_priority = self.now, dossier.priority
        if dossier.promise:
            dossier.kept = dossier.kept or dossier.promise[0] <= self.now <= dossier.promise[1]
        work = VITAL_WORK if dossier.priority in VITAL else WORK
        self._at(self.now + self.chance.randint(*work), self._decide, dossier, generalist, doctor,
                 taken["claim"]["version"])
        return True

    def _decide(self, dossier, generalist, doctor, version):
        role = "regulator_mg" if generalist else "regulator_amu"
        level, code, resource, orientation = self._one_of(DECISIONS[generalist])
        if dossier.ordered and code == "ORIENT":  # One consultation is enough.
            level, code, resource, orientation = ADVICE
        told = self._do("CreateDecision", {"parent": dossier.name, "decision": {
            "care_level": f"CARE_LEVEL_{level}", "decision_code": code, "resource_code": resource,
            "orientation_code": orientation, "claim_version": version,
            "instructions": "Conseil donné." if code == "CONSEIL" else ""}}, role, doctor)
        self.decisions[level] += 1
        self.decisions[code] += 1
        dossier.decided = dossier.decided or self.now
        dossier.in_hand = False
        if code == "ORIENT":
            dossier.ordered = True
            self.osnp.order(dossier.name, told["name"], role, doctor)
        self._do("ReleaseRegulationCase", {"name": dossier.name}, role, doctor)
        self._idle[generalist].append(doctor)
        self._wake(generalist)

    # --- its own books -----------------------------------------------------------------------

    def figures(self):
        """{(KPI, label): (numerator, denominator)} of what was done; a mean as (sum, values)."""
        opened = len(self.dossiers)
        presented = len(self.waits) + len(self.rings)
        decided = [each for each in self.dossiers.values() if each.decided]
        taken = [each for each in self.dossiers.values() if each.taken]
        promised = [each for each in self.dossiers.values() if each.promise]
        of_level = sum(self.decisions[f"R{n}"] for n in range(1, 5))

        def within(seconds):
            return sum(wait <= seconds for wait in self.waits)

        told = {("K01", ""): (within(60), presented), ("K02", ""): (within(30), presented),
                ("K03", ""): (len(self.waits), presented), ("K04", ""): (len(self.rings), presented),
                ("K04", ">15s"): (sum(ring > 15 for ring in self.rings), presented),
                ("K06", ""): (sum(self.waits), len(self.waits)),
                ("K07", ""): (sum(each.taken - each.pickup for each in taken), len(taken)),
                ("K08", ""): (sum(each.decided - each.taken for each in decided), len(decided)),
                ("K08", "total"): (sum(each.decided - each.arrival for each in decided), len(decided)),
                ("K10", ""): (sum(each.raised for each in self.dossiers.values()), opened),
                ("K11", ""): (sum(each.kept for each in promised), len(promised)),
                ("K14", ""): (sum(each.generalist for each in decided), len(decided)),
                ("K31", "LINE_15"): (opened, opened)}
        told.update(self.osnp.figures(*reversed(told["K14", ""])))
        for priority in ("P0", "P1", "P2", "P3", "NR"):
            at_end = sum(each.priority == f"PRIORITY_{priority}" for each in self.dossiers.values())
            told["K09", priority] = (at_end, opened)
            delays = [each.taken - each.pickup for each in taken
                      if each.taken_priority == f"PRIORITY_{priority}"]
            if delays:
                told["K07", priority] = (sum(delays), len(delays))
        for label, count in self.decisions.items():
            told["K12", label] = (count, of_level)
        return told


def stamp(instant):
    return datetime.datetime.fromtimestamp(instant, datetime.timezone.utc).isoformat().replace(
        "+00:00", "Z")


def phone(number):
    """Of the ranges kept for fiction: 06 39 98 and 01 99 00."""
    prefix, number = ("+3363998", number) if number < 10_000 else ("+3319900", number - 10_000)
    return f"{prefix}{number:04}"


def compare(expected, kpis):
    """Differences between what was done and what the service says, in words."""
    told = {(kpi["id"], figure.get("label", "")): figure
            for kpi in kpis for figure in kpi.get("figures", [])}
    wrong = []
    for key, (numerator, denominator) in sorted(expected.items()):
        figure = told.get(key, {})
        off = abs(figure.get("numerator", 0) - numerator)
        seconds = key[0] in ("K06", "K07", "K08", "K18")
        allowed = MEAN_TOLERANCE_SECONDS * denominator if seconds else 0
        if off > allowed or figure.get("denominator", 0) != denominator:
            wrong.append(f"{' '.join(key).strip()}: {figure.get('numerator', 0):g} of "
                         f"{figure.get('denominator', 0):g}, not {numerator:g} of {denominator:g}")
    return wrong


def check_totals(totals, kpis):
    """What the inputs said beforehand, from the service's figures alone."""
    by_id = {kpi["id"]: {figure.get("label", ""): figure for figure in kpi.get("figures", [])}
             for kpi in kpis}

    def parts(kpi, label=""):
        figure = by_id.get(kpi, {}).get(label, {})
        return figure.get("numerator", 0), figure.get("denominator", 0)

    wanted = {"presented": totals.presented, "answered": totals.answered,
              "within 60 s": totals.within_60, "lost": totals.lost,
              "lost after 15 s": totals.lost - totals.short, "dossiers": totals.dossiers,
              "regulated": totals.regulated, "by generalists": totals.generalist}
    found = dict(zip(wanted, (parts("K01")[1], parts("K03")[0], parts("K01")[0], parts("K04")[0],
                              parts("K04", ">15s")[0], parts("K31", "LINE_15")[0], parts("K14")[1],
                              parts("K14")[0])))
    return [f"{name}: {found[name]:g}, not {count}" for name, count in wanted.items()
            if found[name] != count]


def show(kpis):
    for kpi in kpis:
        for figure in kpi.get("figures", []):
            value = "–" if "value" not in figure else f"{figure['value']:.4g}"
            print(f"  {kpi['id']}  {kpi['title'][:28]:28} {figure.get('label', ''):10} {value:>9}  "
                  f"{figure.get('numerator', 0):g} / {figure.get('denominator', 0):g}")


class Day(Suite):
    """The three services, with a clock that is put forward."""

    def __init__(self, binaries, folder, ledger="sqlite"):
        super().__init__(binaries, folder=folder, ledger=ledger)
        shim = self.folder / "clock_shim.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", str(SHIM), "-o", str(shim)], check=True)
        self.clock = Clock(self.folder / "clock.ahead")
        moved = {"LD_PRELOAD": str(shim), "CLOCK_SHIM_FILE": str(self.folder / "clock.ahead")}
        self.settings = {service: dict(moved) for service in SERVICES}

    def stop(self):
        super().stop()
        self.clock.close()


def inputs(asked, today):
    """(source, totals, hours, date); says clearly what it is made of."""
    date = day_plan.date_of(asked.weekday, today)
    if asked.samu:
        try:
            return (*day_plan.read_totals(asked.data, asked.samu, date, asked.calls), date)
        except day_plan.NoData as fault:
            print(f"{fault}\nThe shared data is absent: a generated day instead (see --data).",
                  flush=True)
    return (*day_plan.generated_totals(asked.calls), date)


def run(asked, binaries, folder, partner_of, territory):
    """Plays the day; returns the last line. `partner_of` makes who asks the services, `territory` has
    sites around commune 85047 that are open to the regulated calls of line 15."""
    source, totals, hours, date = inputs(asked, datetime.datetime.now(ZONE).date())
    calls = day_plan.plan(totals, hours, asked.seed)
    midnight = datetime.datetime.combine(date, datetime.time(), ZONE).timestamp()
    print(f"{source}, {date:%A %d %B %Y}: {totals}", flush=True)
    started = time.monotonic()
    for stale in folder.glob("*.db*"):
        stale.unlink()
    with Day(binaries, folder, asked.ledger or "sqlite") as suite:
        suite.start()
        file = suite.folder / "territory.json"
        file.write_text(json.dumps(territory))
        suite.ctl("territory", "load", str(file))
        await_until(lambda: suite.metric("slots", "sas_slots_free_seats") > 0, "the sites", 60)
        with partner_of(suite) as partner:
            def ask(method, body, role, subject):
                # Neither a time-out nor "repeat it" is a failure: the same request_id is asked again.
                for _ in range(TRIES):
                    told = partner.call(method, body, role=role, subject=subject, exp=TOKENS_EXPIRE)
                    if told.get("ok") or told.get("code") not in OPEN_CODES:
                        break
                    time.sleep(TRY_AGAIN_AFTER)
                return told

            room = Room(ask, suite.clock, midnight, calls, asked.seed)
            end = room.play() + PROMISE_END
            suite.clock.forward_to(end + 1)
            told = ask("KpiService/QueryKpis", {
                "parent": REGION, "start_time": stamp(midnight), "end_time": stamp(end)},
                "supervisor", "sup-1")
    kpis = told.get("kpis", [])
    show(kpis)
    wrong = check_totals(totals, kpis) + compare(room.figures(), kpis)
    if not told.get("ok"):
        wrong.append(f"QueryKpis: {told}")
    for each in wrong:
        print(f"differs: {each}")
    figures = room.figures()

    def share(kpi, label=""):
        numerator, denominator = figures.get((kpi, label), (0, 0))
        return round(numerator / denominator, 4) if denominator else None

    return {"ok": not wrong, "source": source, "date": str(date), "calls": totals.presented,
            "answered": totals.answered, "qs60": share("K01"), "qs30": share("K02"),
            "lost": totals.lost, "dossiers": totals.dossiers, "regulated": totals.regulated,
            "by_generalists": totals.generalist, "decisions": sum(
                room.decisions[f"R{n}"] for n in range(1, 5)),
            "wait_mean_s": share("K06"), "doctor_p1_mean_s": share("K07", "P1"),
            "doctor_p2_mean_s": share("K07", "P2"), "promises_kept": share("K11"),
            "orders": len(room.osnp.orders), "appointments": figures["K17", ""][1],
            "acts": int(told.get("act_count", 0)), "seed": asked.seed,
            "took_s": round(time.monotonic() - started, 1)}
