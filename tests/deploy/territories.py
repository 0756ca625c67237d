"""Reads the demo territories and the protos that they follow, and unrolls plans into sessions."""

import datetime
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "deploy" / "demo"
COMMUNES = ROOT.parent / "shared" / "data" / "geo" / "communes.csv"
FILES = sorted(DEMO.glob("*.json"))

SCALARS = {"string": str, "bool": bool, "int32": int, "double": float}
PROTO_TOKEN = re.compile(r"\b(message|enum|oneof)\s+(\w+)\s*\{|(\})"
                         r"|(repeated\s+)?([\w.]+)\s+(\w+)\s*=\s*\d+\s*;|(\w+)\s*=\s*\d+\s*;")


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def schema():
    """Messages as {full name: {field: (type, repeated)}} and enums as {full name: set of values}.

    Full names lack the package: names are unique over the packages that a territory uses.
    """
    messages, enums = {}, {}
    for path in sorted((ROOT / "proto" / "sas").glob("*/v1/*.proto")):
        if path.parent.parent.name not in ("slots", "type"):
            continue
        scope = []
        text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        for kind, name, close, repeated, field_type, field, value in PROTO_TOKEN.findall(text):
            if kind == "oneof":
                scope.append("")  # No name of its own in a field's path.
            elif kind:
                scope.append(name)
                (messages if kind == "message" else enums)[".".join(scope)] = (
                    {} if kind == "message" else set())
            elif close and scope:
                scope.pop()
            elif field:
                messages[".".join(filter(None, scope))][field] = (field_type, bool(repeated))
            elif value and scope:
                enums[".".join(scope)].add(value)
    return messages, enums


def resolve(name, inside, known):
    """The entry of `known` that `name` means within the message `inside`, as protoc finds it."""
    name = re.sub(r"^sas\.\w+\.v1\.", "", name)
    parts = inside.split(".")
    for depth in range(len(parts), -1, -1):
        candidate = ".".join(parts[:depth] + [name])
        if candidate in known:
            return candidate
    return None


def luhn(digits):
    """Whether the last digit is the Luhn key of those before it."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def minutes(time_of_day):
    hour, minute = time_of_day.split(":")
    return int(hour) * 60 + int(minute)


def day(text):
    return datetime.date.fromisoformat(text)


def holidays(year):
    """Public holidays of the year (métropole); Easter by the Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    shift = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    easter = datetime.date(year, shift // 31, shift % 31 + 1)
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    return ({datetime.date(year, month, date) for month, date in fixed}
            | {easter + datetime.timedelta(days) for days in (1, 39, 50)})


def is_holiday(date):
    return date in holidays(date.year)


def has_session(plan, date):
    """Whether the plan opens on this day; the site's own dates are the caller's matter."""
    first = day(plan["effective_start_date"])
    if date < first or date.isoweekday() not in plan["weekdays"]:
        return False
    if "effective_end_date" in plan and date > day(plan["effective_end_date"]):
        return False
    if is_holiday(date) and not plan.get("public_holidays"):
        return False
    weeks = ((date - datetime.timedelta(date.weekday()))
             - (first - datetime.timedelta(first.weekday()))).days // 7
    return weeks % max(1, plan.get("every_weeks", 0)) == 0


def slots(plan, date):
    """(start, allocation) of the plan's slots of this day, start as a naive local time."""
    if not has_session(plan, date):
        return
    start, end = minutes(plan["start_time_of_day"]), minutes(plan["end_time_of_day"])
    pattern = plan.get("allocation_pattern") or ["SLOT_ALLOCATION_UNSPECIFIED"]
    midnight = datetime.datetime.combine(date, datetime.time())
    for index in range((end - start) // plan["slot_minutes"]):
        yield (midnight + datetime.timedelta(minutes=start + index * plan["slot_minutes"]),
               pattern[index % len(pattern)])


def site_of(plan):
    return plan["name"].split("/plans/")[0]
