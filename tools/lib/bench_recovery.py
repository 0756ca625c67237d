"""tools/bench recovery: what callers see while Redis is lost, and how long until they see the truth.

sas-bench searches, holds and books all the time and writes down each act; here the faults are made and
the acts are judged. The truth is known from outside: while Redis is stopped or gone nobody can have
heard from it, and a book that was emptied or rewound says nothing true until its load is done.
"""

import contextlib
import datetime
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

import bench_search
import nurse_entry
from suite import ROOT, Suite

SLOTS = "50000"
SLOTS_PER_SITE = 50
WARM_UP_SECONDS = 5
QUIET_SECONDS = 5  # After each fault, so that one does not reach into the next.
OLD_SECONDS = 10   # Age of the dump that comes back, in which seats are sold.
AWAY_SECONDS = 2   # Of a Redis that was killed.
PAUSE_SECONDS = 30
RECOVERY_SECONDS_MAX = 600
MARGIN_US = 50_000          # A label is written a moment after the feed was heard.
VERIFIED_US = 30_000_000    # Older answers must name "disponibilites" as missing.
PHANTOM_US = 50_000         # As the goal of freshness: sold for longer and still offered.


class RecoverySuite(Suite):
    """With a region that takes long to build."""

    start_seconds_max = RECOVERY_SECONDS_MAX

    def wait_ready(self, name):
        self.wait_ports(name)
        self._await(name, lambda: self.metric(name, f"sas_{name}_up", part="ledger") == 1)


def now_us():
    return int(time.time() * 1e6)


def read_records(file):
    """What was done so far, by kind; the last line may be half written."""
    found = {"search": [], "hold": [], "book": []}
    for line in file.read_text().splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            kind, *rest = json.loads(line)
            found[kind].append(rest)
    return found


def recovered(records, fault):
    """Instants of the first true answer and of the first hold after the fault; None before."""
    since = max(fault["end_us"], (fault["rebuilt_us"] or 0) - MARGIN_US)
    answers = [received for _, received, reason, fresh, *_ in records["search"]
               if not reason and fresh > fault["end_us"] and received > since]
    holds = [received for sent, received, reason in records["hold"] if not reason and sent > since]
    return (min(answers, default=None), min(holds, default=None))


def lies(records, fault):
    """Answers that say that the feed was heard when nobody can have heard it, or heard only a book
    that was not the ledger's."""
    true_us = (fault["rebuilt_us"] or fault["end_us"]) - MARGIN_US
    begin_us = fault["begin_us"] + MARGIN_US
    return sum(not reason and fresh > begin_us and (received < true_us or fresh < fault["end_us"])
               for _, received, reason, fresh, *_ in records["search"])


def judge(records, fault):
    """One fault in figures. `until_us` ends the time that counts."""
    answer, hold = recovered(records, fault)
    within = {kind: [each for each in acts
                     if fault["begin_us"] <= each[0] <= fault["until_us"]]
              for kind, acts in records.items()}
    searches = within["search"]
    answered = [each for each in searches if not each[2]]
    ages = [received - fresh for _, received, _, fresh, *_ in answered]
    return {
        "fault": fault["name"], "cause": fault["cause"],
        "fresh_s": answer and (answer - fault["end_us"]) / 1e6,
        "holds_s": hold and (hold - fault["end_us"]) / 1e6,
        "searches": len(searches),
        "answered": len(answered) / max(1, len(searches)),
        "slowest_ms": max((each[1] - each[0] for each in answered), default=0) / 1e3,
        "age_max_s": max(ages, default=0) / 1e6,
        "unlabelled": sum(age > VERIFIED_US + MARGIN_US and not each[5]
                          for age, each in zip(ages, answered)),
        "lies": lies(within, fault),
        "phantoms": sum(each[7] >= PHANTOM_US for each in answered),
        "holds": sum(not each[2] for each in within["hold"]),
        "bookings": sum(not each[2] for each in within["book"]),
        "stopped_at_confirmation": sum(each[2] == "SEAT_TAKEN" for each in within["book"]),
    }


def rebuilds(log, since_us):
    """(instant, cause) of loads of the whole book that are not everyday, told since then."""
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if '"redis_rebuilt"' not in line:
            continue
        told = json.loads(line)
        at = datetime.datetime.fromisoformat(told["time"]).timestamp() * 1e6
        if at >= since_us and told["cause"] not in ("directory", "horizon", "start"):
            found.append((int(at), told["cause"]))
    return found


def await_recovery(suite, records_file, fault, rebuilt):
    """Adds to the fault when it was over, as seen in the log and by those who searched and held."""
    end = time.monotonic() + RECOVERY_SECONDS_MAX
    while True:
        loads = rebuilds(suite.folder / "slots.log", fault["begin_us"])
        fault["rebuilt_us"], fault["cause"] = loads[0] if loads else (None, "")
        if (loads or not rebuilt) and all(recovered(read_records(records_file), fault)):
            break
        if time.monotonic() > end:
            raise AssertionError(f"{fault['name']}: no recovery in {RECOVERY_SECONDS_MAX} s")
        time.sleep(0.5)
    time.sleep(QUIET_SECONDS)
    loads = rebuilds(suite.folder / "slots.log", fault["begin_us"])  # A pause may end in one too.
    fault["rebuilt_us"], fault["cause"] = loads[0] if loads else (None, "")
    fault["until_us"] = now_us()


def flush(suite):
    begin = now_us()
    suite.redis("FLUSHALL")
    return begin, now_us()


def start_empty(suite):
    begin = now_us()
    suite.kill("redis")
    time.sleep(AWAY_SECONDS)
    suite.restart("redis")
    return begin, now_us()


def old_dump(suite):
    suite.redis("SAVE")
    dump = suite.folder / "dump.rdb"
    time.sleep(OLD_SECONDS)
    begin = now_us()
    suite.kill("redis")
    time.sleep(AWAY_SECONDS)
    suite.restart("redis")  # Reads the dump.
    end = now_us()
    dump.unlink()
    return begin, end


def pause(suite):
    begin = now_us()
    suite.signal("redis", 19)
    time.sleep(PAUSE_SECONDS)
    suite.signal("redis", 18)
    return begin, now_us()


# Name, act, and whether a load must follow: a book that was only paused is what it was.
FAULTS = (("flush", flush, True), ("restart_empty", start_empty, True),
          ("old_snapshot", old_dump, True), ("paused_30s", pause, False))


def sold_twice(folder):
    """Seats with more than one living appointment, as booking's ledger has them; and how many live."""
    with tempfile.TemporaryDirectory(dir="/tmp") as copy:
        for path in folder.glob("booking.db*"):
            shutil.copy(path, copy)
        with contextlib.closing(sqlite3.connect(f"{copy}/booking.db")) as ledger:
            seats = ledger.execute("SELECT count(*) FROM appointments WHERE state <> 5 "
                                   "GROUP BY slot, seat").fetchall()
    return sum(count > 1 for count, in seats), sum(count for count, in seats)


def measure(asked, slots, folder):
    driver = asked.build_dir / "bin" / "sas-bench"
    for stale in (*folder.glob("*.db*"), *folder.glob("*.log"), *folder.glob("*.rdb")):
        stale.unlink()
    bench_search.bench(
        driver, "fill", "--communes", asked.communes, "--region", bench_search.REGION, "--ledger",
        f"sqlite:{folder}/slots.db", "--folder", folder, "--sites",
        min(asked.sites, max(1, slots // SLOTS_PER_SITE)), "--slots", slots, "--days",
        bench_search.DAYS, "--questions", 1)
    with RecoverySuite(
            asked.build_dir / "bin", folder=folder, tcp=True,
            settings={"slots": {"SAS_SLOTS_HORIZON_DAYS": str(bench_search.DAYS)}}) as suite:
        suite.start()
        bench_search.await_region(lambda: bench_search.searchable(suite), "the region in memory")
        free = int(suite.metric("slots", "sas_slots_free_seats"))
        records_file = folder / "recovery.jsonl"
        records_file.write_text("")
        load = subprocess.Popen(
            [str(driver), "recovery", "--slots", suite.addresses["slots"], "--booking",
             suite.addresses["booking"], "--key-file", str(suite.key_file), "--folder", str(folder),
             "--region", bench_search.REGION, "--communes", str(asked.communes), "--patient",
             nurse_entry.open_patient(suite, region=bench_search.REGION)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        try:
            time.sleep(WARM_UP_SECONDS)
            faults = []
            for name, act, rebuilt in FAULTS:
                fault = {"name": name}
                fault["begin_us"], fault["end_us"] = act(suite)
                await_recovery(suite, records_file, fault, rebuilt)
                faults.append(fault)
        finally:
            load.communicate("\n")
        records = read_records(records_file)
        told = [{"slots": free, **judge(records, fault)} for fault in faults]
        twice, living = sold_twice(folder)
    acknowledged_twice = sum(bool(each[3]) for each in records["book"])
    return told, {"slots": free, "double_bookings": twice + acknowledged_twice, "booked": living}


def summary(told, counts):
    line = {"bench": "recovery", **counts}
    for each in told:
        line[f"{each['fault']}_fresh_s"] = each["fresh_s"]
    line["age_max_s"] = max(each["age_max_s"] for each in told)
    line["answered_min"] = min(each["answered"] for each in told)
    for name in ("lies", "unlabelled", "phantoms", "stopped_at_confirmation"):
        line[name] = sum(each[name] for each in told)
    return line


def run(asked):
    """One line for each fault, then the figures of all; for each size of the region."""
    folder = pathlib.Path(ROOT / "build" / "bench-recovery")
    folder.mkdir(parents=True, exist_ok=True)
    line = {}
    for slots in sorted(int(size) for size in asked.slots.split(",")):
        told, counts = measure(asked, slots, folder)
        for each in told:
            print(json.dumps(bench_search.rounded(each)), flush=True)
        line = summary(told, counts)
        print(json.dumps(bench_search.rounded(line)), flush=True)
    return line
