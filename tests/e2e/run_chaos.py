"""The long kill test: `tools/test chaos`. Builds, runs a sitting on each ledger, writes a report.

The last line is one JSON object; the exit code is 0 when nothing was violated. A seed gives the same
order of deaths and the same clerks; what runs when is the machine's.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys

import chaos
from agenda_chaos import AgendaChaos
from boards import Room
from e2e import ROOT, SITE, Suite, load_terrain
from node_partner import Partner, install
from room_chaos import RoomChaos

BUILD = ROOT / "build" / "dev"
KILLS = 220
SLOTS = {"one": 25, "three": 8}
HOUR_SLOTS = 8  # Those that start soonest are left out: the run must not outlast them.


def options():
    parser = argparse.ArgumentParser(prog="tools/test chaos", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS, help="over all sittings (%(default)s)")
    parser.add_argument("--service", choices=("booking", "regulation"), default="booking",
                        help="booking: with slots and Redis, under bookings, with a platform and with "
                        "withdrawals; regulation: alone, under the load of a room whose boards are "
                        "watched (%(default)s)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--ledger", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--point", default="", help="only crash points whose name contains this")
    parser.add_argument("--report", type=pathlib.Path, default=ROOT / "build" / "chaos" / "report.json")
    parser.add_argument("--no-install", action="store_true", help="packages are there already")
    return parser.parse_args()


def build():
    log = ROOT / "build" / "logs" / "chaos-build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    targets = ("sas-regulation", "sas-slots", "sas-booking", "sasctl")
    with open(log, "wb") as out:
        for command in (["cmake", "--preset", "dev", "-B", str(BUILD)],
                        ["cmake", "--build", str(BUILD), "--target", *targets]):
            if subprocess.run(command, cwd=ROOT, stdout=out, stderr=out).returncode != 0:
                sys.exit(f"tools/test chaos: the build failed, see {log}")


def chosen_slots(suite, counts):
    """Free slots of the terrain, some of each agenda, none that starts soon."""
    with Partner(suite) as partner:
        def free():
            listed = partner.call("SlotService/ListSlots", {"parent": SITE, "page_size": 500},
                                  role="osnp").get("slots", [])
            by_agenda = collections.defaultdict(list)
            for slot in listed:
                by_agenda[slot["agenda"]].append(slot["name"])
            return by_agenda if all(len(by_agenda[agenda]) > count + HOUR_SLOTS
                                    for agenda, count in counts.items()) else None
        by_agenda = chaos.await_until(free, "the slots of the terrain", 30)
    return [name for agenda, count in counts.items()
            for name in by_agenda[agenda][HOUR_SLOTS:HOUR_SLOTS + count]]


def sitting(ledger, asked, kills):
    folder = asked.report.parent / (ledger if asked.service == "booking" else f"room-{ledger}")
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*"):
        if stale.is_file():
            stale.unlink()

    def say(text):
        print(f"  {ledger} {text}", flush=True)

    if asked.service == "regulation":
        install()
        with Room(BUILD / "bin", folder=folder, ledger=ledger) as suite:
            suite.start()
            points = [each for each in chaos.crash_points(BUILD / "bin", ("regulation",))
                      if asked.point in each[1]]
            return RoomChaos(suite, asked.seed).run(chaos.enough(kills, points), points, say)
    with Suite(BUILD / "bin", folder=folder, ledger=ledger) as suite:
        suite.start()
        load_terrain(suite)
        points = [each for each in chaos.crash_points(BUILD / "bin") if asked.point in each[1]]
        run = AgendaChaos(suite, chosen_slots(suite, SLOTS), asked.seed)
        return run.run(chaos.enough(kills, points), points, say)


def main():
    asked = options()
    build()
    print(f"seed {asked.seed}", flush=True)
    ledgers = ("sqlite", "postgres") if asked.ledger == "both" else (asked.ledger,)
    if not Suite.has_postgres():
        ledgers = ("sqlite",)
    reports = [sitting(ledger, asked, asked.kills // len(ledgers)) for ledger in ledgers]
    summary = chaos.merge(reports, asked.seed)
    asked.report.parent.mkdir(parents=True, exist_ok=True)
    asked.report.write_text(json.dumps({"summary": summary, "sittings": reports}, indent=1))
    for report in reports:
        for kind, each in report["violations"].items():
            print(f"{report['ledger']}: {len(each)} {kind}, the first: {json.dumps(each[0])}")
    print(f"report in {asked.report}")
    print(json.dumps(summary), flush=True)
    return 1 if any(report["violations"] for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
