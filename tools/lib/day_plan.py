"""What happens at a SAMU in one day: from the volumes that it has declared, or generated.

All numbers of a plan are exact: as many calls, pick-ups within 60 s, dossiers and regulated dossiers as its
totals say. Hours follow the share of emergency departments (a proxy: SAMUs publish none), days and months
that of two SAMUs; everything else is chance from a seed.
"""

import csv
import dataclasses
import datetime
import json
import random

DAY_SECONDS = 86_400
DAYS_OF_YEAR = 365
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORT_RING_SECONDS = 15  # Up to this a caller who hangs up was not waiting (K04).
QS_SECONDS = 60

# A day of its own where the shared data is absent: shares of a middling SAMU, an invented one.
GENERATED_CALLS = 1000
GENERATED_SHARES = {"answered": 0.93, "within_60": 0.81, "short": 0.02, "dossiers": 0.7,
                    "regulated": 0.56, "generalist": 0.35}
GENERATED_HOURS = (2, 2, 1, 1, 1, 1, 1, 2, 4, 6, 6, 6, 5, 6, 6, 6, 6, 6, 6, 6, 6, 5, 4, 3)


class NoData(Exception):
    """The shared data is not where it was looked for, or does not have that SAMU."""


@dataclasses.dataclass
class Totals:
    """Known beforehand; the figures must come out like this."""

    presented: int
    answered: int
    within_60: int
    short: int  # Lost within SHORT_RING_SECONDS.
    dossiers: int
    regulated: int
    generalist: int  # Of the regulated, by general practitioners.

    def __post_init__(self):
        self.answered = min(self.answered, self.presented)
        self.within_60 = min(self.within_60, self.answered)
        self.short = min(self.short, self.presented - self.answered)
        self.dossiers = min(self.dossiers, self.answered)
        self.regulated = min(self.regulated, self.dossiers)
        self.generalist = min(self.generalist, self.regulated)

    @property
    def lost(self):
        return self.presented - self.answered


@dataclasses.dataclass
class Call:
    """One caller. `kind`: "regulated", "direct" (a dossier without medical act), "again", "lost"."""

    kind: str
    arrival: int  # Seconds since midnight.
    wait: int     # Until the pick-up, or until he hung up.
    generalist: bool = False


def read_totals(folder, department, date, calls=0):
    """(name, Totals, hours) of that department's SAMU on a day like `date`; NoData when unknown."""
    try:
        with open(folder / "samu_2023.csv", encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["departement"] == department]
        profiles = json.loads((folder / "profiles_fr.json").read_text(encoding="utf-8"))
    except OSError as fault:
        raise NoData(f"no demand data: {fault}") from fault
    if not rows:
        raise NoData(f"no SAMU of département {department} in {folder / 'samu_2023.csv'}")
    daily = profiles["samu_daily"]
    factor = (daily["weekday_factor_mon_to_sun"][date.weekday()]
              * daily["month_factor_jan_to_dec"][date.month - 1])
    declared = {key: int(rows[0][key] or 0)
                for key in ("app", "apd", "apmin", "apr15", "dr", "drm", "drmlib")}
    if calls:
        factor = calls * DAYS_OF_YEAR / declared["app"]
    totals = Totals(*(round(declared[key] / DAYS_OF_YEAR * factor)
                      for key in ("app", "apd", "apmin", "apr15", "dr", "drm", "drmlib")))
    return rows[0]["name"], totals, profiles["ed_arrivals_by_hour"]["count_0h_to_23h"]


def generated_totals(calls=0):
    presented = calls or GENERATED_CALLS
    shares = {key: round(presented * share) for key, share in GENERATED_SHARES.items()}
    return "generated", Totals(presented, **shares), GENERATED_HOURS


def spread(count, weights):
    """`count` over the weights, by largest remainders."""
    exact = [count * weight / sum(weights) for weight in weights]
    whole = [int(each) for each in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: whole[i] - exact[i])
    for i in by_remainder[:count - sum(whole)]:
        whole[i] += 1
    return whole


def plan(totals, hours, seed):
    """The calls of the day by arrival."""
    chance = random.Random(seed)
    arrivals = sorted(hour * 3600 + chance.randrange(3600)
                      for hour, count in enumerate(spread(totals.presented, hours))
                      for _ in range(count))
    kinds = (["regulated"] * totals.regulated + ["direct"] * (totals.dossiers - totals.regulated)
             + ["again"] * (totals.answered - totals.dossiers) + ["lost"] * totals.lost)
    chance.shuffle(kinds)
    if totals.regulated:  # Nobody calls again before somebody has called.
        first = kinds.index("regulated")
        kinds[0], kinds[first] = kinds[first], kinds[0]
    waits = ([chance.randint(3, QS_SECONDS) for _ in range(totals.within_60)]
             + [chance.randint(QS_SECONDS + 1, 300) for _ in range(totals.answered - totals.within_60)])
    rings = ([chance.randint(2, SHORT_RING_SECONDS) for _ in range(totals.short)]
             + [chance.randint(SHORT_RING_SECONDS + 1, 120) for _ in range(totals.lost - totals.short)])
    generalist = [True] * totals.generalist + [False] * (totals.regulated - totals.generalist)
    for each in (waits, rings, generalist):
        chance.shuffle(each)
    calls = []
    for arrival, kind in zip(arrivals, kinds):
        calls.append(Call(kind, arrival, (rings if kind == "lost" else waits).pop(),
                          kind == "regulated" and generalist.pop()))
    # Nobody is answered before the first: a call on a dossier finds one.
    soonest = min((call for call in calls if call.kind != "lost"), key=lambda call: call.wait)
    if calls[0].kind != "lost":
        calls[0].wait, soonest.wait = soonest.wait, calls[0].wait
    return calls


def date_of(weekday, today):
    """The next such day, tomorrow at the earliest."""
    ahead = (WEEKDAYS.index(weekday) - today.weekday() - 1) % 7 + 1
    return today + datetime.timedelta(days=ahead)
