"""What tools/bench does after the packages are there: build, start a suite, load it, print JSON."""

import argparse
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench_confirm  # noqa: E402
import bench_day  # noqa: E402
import bench_race  # noqa: E402
import bench_recovery  # noqa: E402
import bench_search  # noqa: E402
import day_plan  # noqa: E402
import nurse_entry  # noqa: E402
import waiting_order  # noqa: E402
from suite import ROOT, SERVICES, Refused, Suite, await_until  # noqa: E402

TARGETS = ("sas-regulation", "sas-slots", "sas-booking", "sasctl", "sas-bench")

WHAT = """\
echo     one search in a demo territory beside an echo of the same bytes
search   a synthetic region of 20 000 sites on real communes, with ten thousand to ten million slots:
         the kernel, gRPC at 1 to 128 calls in flight and at twice the load that saturates, memory,
         rebuilding from Redis and from the ledger; beside an echo of the same answers, PostgreSQL with
         PostGIS and without, and Redis with GEOSEARCH. Beyond a million slots (--compared-max) these
         engines are not asked, because to load them takes longer than all the rest: vs_postgis,
         vs_redis and same_totals are null there. The last line is that of the largest size that was
         compared. A size that does not fit into the free memory is left out and says so; ten million
         slots need 7 GB and a quarter of an hour
freshness from a seat taken to its disappearance from the answers of two replicas of slots, on
         PostgreSQL, while 200 searches and 50 holds a second run; each hold is looked after by tight
         searches on connections of its own, and its time counts from the sending of the hold.
         A phantom: a hold refused for a slot that was shown although it was known to be taken
recovery a region of 50 000 slots (or --slots) while 200 searches, 20 holds and 10 bookings a second run:
         Redis flushed, killed and started empty, an old dump coming back, stopped for 30 s; how long
         until answers are true again and holds are given, how old what was shown became and whether
         it said so, what was offered although it was sold, and what was sold twice
hold     seats held through one gRPC hop beside the bare script in Redis
confirm  appointments confirmed and durable at 1 to 128 callers, on SQLite and on PostgreSQL, beside the
         same rows in grouped commits without gRPC, and beside the same statements by pgbench
reoffer  from the sending of a cancelling until the seat is shown free, and until somebody else holds it;
         then, while an order waits, until the seat is offered to its operator
board    500 boards (or --watchers) while 20 calls a second are opened, prioritised, claimed, decided and
         ordered: how long an act takes, how long until every board shows it, what a watcher costs; then
         --surge-seconds of ten times as many calls in a declared surge, under a flood of lists, reports
         and searches: vital acts done within 2 s, how long until all is normal again, and, in a line
         of its own, how many reads were answered and how many shed. It fails when a dossier is lost
         or boards disagree; goals_met is false when a p99 of a board is over 200 ms, fewer than
         99.9 % of the vital acts took 2 s, or the recovery took more than 30 s
day      one day of a SAMU through the services, at a clock that is put from act to act: callers by the volumes
         that it has declared (--samu 85; ../shared/data/demand or --data) on a day of the week, ARMs,
         regulators who take the next, the OSNP who books; the KPIs must be the totals of the plan and the
         driver's own books. Without the data, or with an empty --samu, a generated day
race     a million attempts of 128 clients to win one of 16 seats, each given back after a while, and Redis
         emptied every 2 s; checked in the ledger and by the clients' own journal
fairness 10 000 simulated requests of a year on the three territories of deploy/demo, answered by the
         rotation, by the nearest slot (of all, and of the earliest delay class) and by the earliest:
         Gini of load relative to share, travel, waits, caps; in process, the same on every machine
"""

SEARCH_SLOTS = "10000,100000,1000000,10000000"
BOARD_SECONDS = 20  # Two thousand acts: their p99 is made of twenty.
SEARCHER = "bench-osnp"
FRESHNESS_SECONDS = 20  # A thousand holds: their p99 is made of ten.
DEMAND = ROOT.parent / "shared" / "data" / "demand"


# The shape of a hold with the least that a hold can do: look, then set with an expiry.
BARE_HOLD = ("if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end "
             "redis.call('GET', KEYS[2]) redis.call('SET', KEYS[2], ARGV[1], 'PX', 120000) return 1")


def targets(name):
    return {"fairness": ("sas-bench",), "day": TARGETS[:4]}.get(name, TARGETS)


def options():
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=__doc__, epilog=WHAT,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=("echo", "search", "freshness", "recovery", "hold", "confirm",
                                         "race", "reoffer", "fairness", "board", "day"))
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; medians are told")
    parser.add_argument("--ledger", choices=("sqlite", "postgres"),
                        help="default sqlite; confirm: both")
    parser.add_argument("--attempts", type=int, default=1_000_000, help="race (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="race, day (%(default)s)")
    parser.add_argument("--watchers", type=int, default=500, help="board (%(default)s)")
    parser.add_argument("--surge-seconds", type=int, default=300, help="board (%(default)s)")
    day_of = parser.add_argument_group("day")
    day_of.add_argument("--samu", default="85", help="département (%(default)s); empty: generated")
    day_of.add_argument("--data", default=DEMAND, type=pathlib.Path, help="(%(default)s)")
    day_of.add_argument("--weekday", choices=day_plan.WEEKDAYS, default="sat", help="(%(default)s)")
    day_of.add_argument("--calls", type=int, default=0, help="presented; default: as the data says")
    region = parser.add_argument_group("search and recovery")
    region.add_argument("--slots", help="sizes of the region, free slots over 90 days "
                        f"({SEARCH_SLOTS}; recovery: {bench_recovery.SLOTS})")
    region.add_argument("--compared-max", type=int, default=bench_search.COMPARED_SLOTS_MAX,
                        help="search: slots at which other engines are asked (%(default)s)")
    region.add_argument("--sites", type=int, default=20_000, help="(%(default)s)")
    region.add_argument("--communes", default=bench_search.COMMUNES, type=pathlib.Path,
                        help="code_insee,nom,departement,region,codes_postaux,population,lat,lon,… "
                        "(%(default)s)")
    parser.add_argument("--no-install", action="store_true", help="packages are there already")
    parser.add_argument("--build-dir", default=str(ROOT / "build" / "release"), type=pathlib.Path)
    asked = parser.parse_args()
    if not asked.slots:
        asked.slots = bench_recovery.SLOTS if asked.name == "recovery" else SEARCH_SLOTS
    return asked


def bench_territory(sites=640, seats=1, minutes=60):
    """Synthetic sites open to nurses: seats for every round, and in each week fewer of one doctor than
    a doctor may take."""
    region = "regions/fr-pdl"
    practitioners = [{"name": f"{region}/practitioners/bench-{i}", "rpps": rpps(9970100000 + i),
                      "display_name": f"Dr Banc {i}", "profession_code": "10",
                      "specialty_code": "SM54", "status": "STATUS_SALARIE", "territories": ["85"],
                      "weekly_appointment_max": 200}
                     for i in range(sites)]
    plans = [{"name": f"{region}/sites/bench-{i}/plans/plan", "agenda": "a",
              "practitioner": f"{region}/practitioners/bench-{i}", "weekdays": [1, 2, 3, 4, 5, 6, 7],
              "start_time_of_day": "00:00", "end_time_of_day": "23:30", "slot_minutes": minutes,
              "seats": seats, "modes": ["CONSULTATION_MODE_AMB"],
              "classes": ["SLOT_CLASS_PRO", "SLOT_CLASS_SNP"], "public_holidays": True,
              "pdsa_hours": True, "effective_start_date": "2026-01-01"} for i in range(sites)]
    return {
        "display_name": "Banc d'essai", "territories": ["85"],
        "communes": [{"insee_code": "85047", "display_name": "Challans", "department_code": "85",
                      "postal_codes": ["85300"],
                      "point": {"latitude_degrees": 46.8458, "longitude_degrees": -1.8794}}],
        "structures": [{"name": f"{region}/structures/bench", "kind": "KIND_MMG",
                        "display_name": "Banc d'essai", "territories": ["85"]}],
        "practitioners": practitioners,
        "sites": [{"name": f"{region}/sites/bench-{i}", "structure": f"{region}/structures/bench",
                   "kind": "KIND_MMG", "display_name": f"Banc {i}", "territories": ["85"],
                   "opening_date": "2020-01-01",
                   "place": {"insee_code": "85047",
                             "point": {"latitude_degrees": 46.8458, "longitude_degrees": -1.8794}},
                   "entry_policy": {"rules": [{"entry_point": "ENTRY_POINT_IDEL",
                                               "access": "ACCESS_DIRECT"}]}} for i in range(sites)],
        "session_plans": plans,
    }


def rpps(stem):
    """Ten digits and their Luhn key."""
    for key in range(10):
        digits = [int(c) for c in reversed(f"{stem}{key}")]
        if sum(sum(divmod(d * 2, 10)) if i % 2 else d for i, d in enumerate(digits)) % 10 == 0:
            return f"{stem}{key}"
    raise AssertionError("unreachable")


def shown(suite):
    """An import answers when it is in the ledger; the projection follows."""
    try:
        return suite.ctl("slots", "list", "bench-0")
    except Refused:
        return False


def bare_evalsha(suite, clients, seconds):
    """EVALSHA a second without gRPC, by Redis' own load generator."""
    sha = suite.redis("SCRIPT", "LOAD", BARE_HOLD)
    done = subprocess.run(
        ["redis-benchmark", "-s", suite.redis_socket, "-c", str(clients), "-n",
         str(40000 * seconds), "-r", "1000000", "-q", "EVALSHA", sha, "2", "bench:booked:__rand_int__",
         "bench:hold:__rand_int__", "holder"], capture_output=True, text=True, check=True)
    return float(re.findall(r"([\d.]+) requests per second", done.stdout)[-1])


def drive(suite, asked, name, *options):
    command = [str(asked.build_dir / "bin" / "sas-bench"), name, "--slots", suite.addresses["slots"],
               "--booking", suite.addresses["booking"], "--key-file", str(suite.key_file), "--folder",
               str(suite.folder), "--seconds", str(asked.seconds), "--rounds", str(asked.rounds),
               *options]
    if name == "reoffer":
        command += ["--patient", nurse_entry.open_patient(suite)]
    if name == "confirm":
        command += ["--regulation", suite.addresses["regulation"]]
    watched = {"echo": ("slots",), "hold": ("slots",), "confirm": SERVICES, "reoffer": ()}[name]
    for service in watched:
        command += ["--pid", str(suite.processes[service].pid)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr or f"sas-bench ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def with_hold_floor(suite, asked, told):
    """The goal is half of the smaller of the two floors, both from this sitting."""
    echo = drive(suite, asked, "echo")
    for level in (1, 8, 32, 128):
        evalsha = bare_evalsha(suite, level, asked.seconds)
        at = told[f"in_flight_{level}"]
        at["evalsha_per_s"] = evalsha
        at["echo_per_s"] = echo[f"in_flight_{level}"]["echo_typed"]["per_s"]
        at["vs_evalsha"] = at["scripts_per_s"] / evalsha
        at["vs_floor"] = at["scripts_per_s"] / min(evalsha, at["echo_per_s"])
    return told


def freshness(asked):
    """Two replicas, one seat in each slot, and fewer sites than a page of a search has places."""
    with Suite(asked.build_dir / "bin", folder=ROOT / "build" / "bench", tcp=True,
               ledger="postgres") as suite:
        suite.start()
        file = suite.folder / "bench.json"
        file.write_text(json.dumps(bench_territory(sites=40, seats=1, minutes=15)))
        suite.ctl("territory", "load", str(file))
        replica = suite.add_replica("slots")
        for name in ("slots", replica):
            await_until(lambda name=name: suite.metric(name, "sas_slots_free_seats") > 0,
                        f"the bench sites in {name}", seconds=60)
        return bench_search.bench(
            asked.build_dir / "bin" / "sas-bench", "freshness", "--slots",
            suite.addresses["slots"], "--replica", suite.addresses[replica], "--key-file",
            suite.key_file, "--folder", suite.folder, "--seconds",
            max(asked.seconds, FRESHNESS_SECONDS))


def race(asked):
    with Suite(asked.build_dir / "bin", folder=ROOT / "build" / "bench", tcp=True,
               ledger=asked.ledger or "sqlite") as suite:
        for stale in suite.folder.glob("*.db*"):
            stale.unlink()
        suite.start()
        file = suite.folder / "bench.json"
        file.write_text(json.dumps(bench_race.territory(bench_territory)))
        suite.ctl("territory", "load", str(file))
        await_until(lambda: shown(suite), "the bench site in the projection", seconds=60)
        return bench_race.run(suite, asked.build_dir / "bin" / "sas-bench", asked.attempts, asked.seed)


def board(asked):
    """regulation alone, on the disk of the project."""
    class Room(Suite):
        services = ("regulation",)

    with Room(asked.build_dir / "bin", folder=ROOT / "build" / "bench", tcp=True,
              ledger=asked.ledger or "sqlite") as suite:
        for stale in suite.folder.glob("*.db*"):
            stale.unlink()
        suite.start()
        done = subprocess.run(
            [str(word) for word in (
                asked.build_dir / "bin" / "sas-bench", "board", "--regulation",
                suite.addresses["regulation"], "--pid", suite.processes["regulation"].pid,
                "--key-file", suite.key_file, "--watchers", asked.watchers,
                "--seconds", max(asked.seconds, BOARD_SECONDS),
                "--surge-seconds", asked.surge_seconds)],
            capture_output=True, text=True, check=False)
        sys.stderr.write(done.stderr)
        for line in done.stdout.splitlines():
            print(json.dumps(bench_search.rounded(json.loads(line))))
        # What the service itself found when it held boards against the ledger.
        disagreed = suite.metric("regulation", "sas_regulation_board_disagreements_total")
        if disagreed:
            sys.stderr.write(f"boards disagreed with the ledger {disagreed} times\n")
        return done.returncode or int(disagreed > 0)


def day(asked):
    """Asks as a partner does, in Node: one process for the whole day."""
    sys.path.insert(0, str(ROOT / "tests" / "e2e"))
    from node_partner import Partner  # pylint: disable=import-outside-toplevel
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    territory = bench_territory(sites=20, seats=4, minutes=15)
    for site in territory["sites"]:
        site["entry_policy"] = {"rules": [{"entry_point": "ENTRY_POINT_LINE_15",
                                           "access": "ACCESS_REGULATED"}]}
    return bench_day.run(asked, asked.build_dir / "bin", folder, Partner, territory)


def main():
    asked = options()
    log = ROOT / "build" / "logs" / "bench-build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as out:
        for command in (["cmake", "--preset", "release", "-B", str(asked.build_dir)],
                        ["cmake", "--build", str(asked.build_dir), "--target", *targets(asked.name)]):
            if subprocess.run(command, cwd=ROOT, stdout=out, stderr=out).returncode != 0:
                sys.exit(f"tools/bench: the build failed, see {log}")
    if asked.name == "fairness":
        return subprocess.run([str(asked.build_dir / "bin" / "sas-bench"), "fairness",
                               *map(str, sorted((ROOT / "deploy" / "demo").glob("*.json"))),
                               "--demand", str(DEMAND / "profiles_fr.json")]).returncode
    if asked.name == "freshness":
        print(json.dumps(bench_search.rounded(freshness(asked))))
        return 0
    if asked.name == "board":
        return board(asked)
    if asked.name == "day":
        told = day(asked)
        print(json.dumps(told))
        return 0 if told["ok"] else 1
    if asked.name == "race":
        print(json.dumps(race(asked)))
        return 0
    if asked.name == "recovery":
        bench_recovery.run(asked)
        return 0
    if asked.name == "search":
        print(json.dumps(bench_search.rounded(bench_search.run(asked))))
        return 0
    if asked.name == "confirm":
        ledgers = (asked.ledger,) if asked.ledger else ("sqlite", "postgres")
        told = {ledger: on_ledger(asked, ledger) for ledger in ledgers}
        print(json.dumps(bench_search.rounded(told)))
        print(json.dumps(bench_search.rounded(bench_confirm.summary(told))))
        return 0
    print(json.dumps(on_ledger(asked, asked.ledger or "sqlite")))
    return 0


def on_ledger(asked, ledger):
    """Hold, confirm and echo against services of their own, with the floors of the same sitting."""
    # Ledgers on the disk of the project: /tmp may be memory, where an fsync costs nothing.
    with Suite(asked.build_dir / "bin", folder=ROOT / "build" / "bench", tcp=True,
               ledger=ledger) as suite:
        for stale in suite.folder.glob("*.db*"):
            stale.unlink()
        suite.start()
        suite.load_demo()
        if asked.name in ("hold", "confirm", "reoffer"):
            file = suite.folder / "bench.json"
            reoffer = asked.name == "reoffer"
            territory = bench_territory(**({"sites": 4, "seats": 1} if reoffer else {}))
            for site in territory["sites"] if reoffer else ():  # Open to the order that waits, too.
                site["entry_policy"]["rules"].append(
                    {"entry_point": "ENTRY_POINT_LINE_15", "access": "ACCESS_REGULATED"})
            file.write_text(json.dumps(territory))
            suite.ctl("territory", "load", str(file))
            await_until(lambda: shown(suite), "the bench site in the projection", seconds=60)
        told = drive(suite, asked, asked.name)
        if asked.name == "reoffer":
            # After the rest: while an order waits, a freed seat is shown as held.
            waiting_order.waiting_order(suite, SEARCHER, within="48h")
            told = {**told, **drive(suite, asked, "reoffer", "--searcher", SEARCHER)}
        if asked.name == "hold":
            told = with_hold_floor(suite, asked, told)
        if asked.name == "confirm" and ledger == "postgres":
            told = bench_confirm.with_postgres_floor(suite, asked, told)
        told["bench"], told["ledger"] = asked.name, ledger
        return told


if __name__ == "__main__":
    sys.exit(main())
