"""tools/bench search: regions of several sizes on real communes, searched through sas-slots, by
PostgreSQL and by Redis in the same sitting on the same cores."""

import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from suite import ROOT, Suite, await_until

COMMUNES = ROOT.parent / "shared" / "data" / "geo" / "communes.csv"
QUESTIONS = ROOT / "tools" / "lib" / "bench_questions"
REGION = "fr-banc"
DAYS = 90
QUESTION_COUNT = 512
KERNEL_SIZES = (10_000, 10_000_000)  # Between which the search shall be flat.
COMPARED = 64  # Questions whose number of matches PostgreSQL is asked too.
# Largest size at which other engines are asked: ten million rows take them longer to load than all
# the rest of a run, and the goals are about a million.
COMPARED_SLOTS_MAX = 1_000_000
# Of one slot while a region is loaded: 235 in Redis, 35 in the index, and what holds its names.
BYTES_PER_SLOT = 500
BYTES_BESIDE = 2 << 30  # Sites, plans, the ledger, the driver.
REBUILD_SECONDS_MAX = 600
CONNECTIONS = "1,2,3,4,8"
LEVEL = "in_flight_32"  # At which the last line compares.
# As much as an administrator would give a database of this size; the rest as Debian sets it.
POSTGRES_OPTIONS = "-c shared_buffers=1GB -c work_mem=32MB -c jit=off -c max_parallel_workers=0"


class RegionSuite(Suite):
    """Slots alone, with a region that its ledger has already and that takes long to build."""

    start_seconds_max = REBUILD_SECONDS_MAX
    services = ("slots",)


def bench_lines(driver, *words):
    done = subprocess.run([str(driver), *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr or f"{driver.name} {words[0]} ended with {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def bench(driver, *words):
    return bench_lines(driver, *words)[-1]


def kernels(asked, sizes):
    """The search alone, in its own process, by size; the largest and the smallest size always."""
    wanted = sorted({*sizes, *KERNEL_SIZES})
    return dict(zip(wanted, bench_lines(
        asked.build_dir / "bin" / "sas-bench", "kernel", "--communes", asked.communes, "--sites",
        asked.sites, "--slots", *wanted)))


def kernel_figures(told, slots):
    """Of one size, and how flat the kernel is over all of them."""
    here, low, high = told[slots], told[KERNEL_SIZES[0]], told[KERNEL_SIZES[-1]]
    figures = {"kernel_ns_p50": here["ranking_ns"]["p50"],
               "kernel_ns_p99": here["ranking_ns"]["p99"]}
    if slots != KERNEL_SIZES[0]:  # What a further slot takes: sites and rules are there already.
        figures["bytes_per_slot"] = ((here["index_bytes"] - low["index_bytes"])
                                     / (here["slots"] - low["slots"]))
    figures["kernel_10m_vs_10k"] = high["ranking_ns"]["p50"] / low["ranking_ns"]["p50"]
    return figures


def memory(pid):
    """Bytes that the process has in memory."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("unreachable")


def await_region(condition, what):
    """As await_until, but a large region's metrics, which count every slot, are not asked for fifty
    times a second: the answer may be late by a hundredth."""
    begin = time.monotonic()
    while not condition():
        waited = time.monotonic() - begin
        if waited > REBUILD_SECONDS_MAX:
            raise AssertionError(f"not within {REBUILD_SECONDS_MAX} s: {what}")
        time.sleep(max(0.2, waited / 100))


def searchable(suite):
    """Built, heard of by Redis, and not marked as unverified."""
    return (suite.metric("slots", "sas_slots_free_seats") > 0
            and suite.metric("slots", "sas_slots_projection_age_seconds") < 5)


def rebuilds(suite):
    """Seconds that a replica needs with Redis as it was, and with nothing but the ledger."""
    suite.kill("slots")
    begin = time.monotonic()
    suite.spawn("slots")
    suite.wait_ready("slots")
    await_region(lambda: searchable(suite), "a region from Redis")
    from_redis = time.monotonic() - begin
    flushes = suite.metric("slots", "sas_slots_rebuilds_total", cause="flush")
    begin = time.monotonic()
    suite.redis("FLUSHALL")
    await_region(lambda: suite.metric("slots", "sas_slots_rebuilds_total", cause="flush") > flushes,
                 "a region from the ledger")
    return from_redis, time.monotonic() - begin


def psql(suite, folder, script):
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h",
                    suite.postgres_socket, "-U", "postgres", "-f", str(script)], cwd=folder,
                   check=True, capture_output=True)


def postgres(suite, driver, folder, seconds, totals):
    """The better of two ways to ask PostgreSQL; refuses to compare answers that differ."""
    conninfo = f"host={suite.postgres_socket} user=postgres dbname=postgres"
    psql(suite, folder, QUESTIONS / "tables.sql")
    asked = ["--conninfo", conninfo, "--questions", folder / "questions.csv"]
    counts = bench(driver, "sql", *asked, "--query", QUESTIONS / "count.sql", "--count")
    same = sum(a == b for a, b in zip(counts[:COMPARED], totals[:COMPARED]))
    told = {name: bench(driver, "sql", *asked, "--query", QUESTIONS / f"{name}.sql", "--seconds",
                        seconds, "--connections", CONNECTIONS) for name in ("postgis", "box")}
    told["same_totals"] = same / min(COMPARED, len(totals))
    return told


def redis_commands(folder):
    """The rows in Redis' own protocol: sites by GEOADD, flags in hashes, slots in sorted sets."""
    def command(*words):
        encoded = [str(word).encode() for word in words]
        return b"*%d\r\n" % len(encoded) + b"".join(
            b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)

    with open(folder / "sites.csv", newline="") as rows:
        for site, latitude, longitude, territories, entries, motifs, youngest in csv.reader(
                rows, delimiter=";"):
            yield command("GEOADD", "sites", longitude, latitude, site)
            yield command("HSET", f"site:{site}", "territories", f",{territories.strip('{}')},",
                          "entries", entries, "motifs", motifs, "youngest", youngest)
    with open(folder / "slots.csv", newline="") as rows:
        for slot, site, start, modes, entries in csv.reader(rows, delimiter=";"):
            yield command("ZADD", f"slots:{site}", start, f"{slot}:{modes}:{entries}")


def redis_geo(driver, folder, seconds):
    """A Redis of its own, so that the suite's is not disturbed."""
    with tempfile.TemporaryDirectory(prefix="sas-", dir="/tmp") as home:
        path = f"{home}/redis.sock"
        server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save",
                                   "", "--appendonly", "no", "--dir", home],
                                  stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            await_until(lambda: pathlib.Path(path).exists(), "Redis")
            pipe = subprocess.Popen(["redis-cli", "-s", path, "--pipe"], stdin=subprocess.PIPE,
                                    stdout=subprocess.DEVNULL)
            pipe.stdin.writelines(redis_commands(folder))
            pipe.stdin.close()
            if pipe.wait() != 0:
                sys.exit("tools/bench: Redis refused rows")
            return bench(driver, "redis", "--address", f"unix:{path}", "--script",
                         QUESTIONS / "geo.lua", "--questions", folder / "questions.csv",
                         "--seconds", seconds, "--connections", CONNECTIONS)
        finally:
            server.terminate()
            server.wait()


def fits(slots):
    """Whether this machine's memory holds a region of so many slots in Redis and in the service."""
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return slots * BYTES_PER_SLOT + BYTES_BESIDE <= int(line.split()[1]) * 1024
    raise AssertionError("unreachable")


def measure(asked, slots, folder):
    """Everything of one size; the other engines only where they are asked."""
    compared = slots <= asked.compared_max
    driver = asked.build_dir / "bin" / "sas-bench"
    for stale in folder.glob("*.db*"):
        stale.unlink()
    begin = time.monotonic()
    filled = bench(driver, "fill", "--communes", asked.communes, "--region", REGION, "--ledger",
                   f"sqlite:{folder}/slots.db", "--folder", folder, "--sites", asked.sites,
                   "--slots", slots, "--days", DAYS, "--questions", QUESTION_COUNT,
                   *(() if compared else ("--ledger-alone",)))
    told = {**filled, "fill_s": time.monotonic() - begin}
    with RegionSuite(asked.build_dir / "bin", folder=folder, tcp=True,
                     settings={"slots": {"SAS_SLOTS_HORIZON_DAYS": str(DAYS)}}) as suite:
        suite.start()
        await_region(lambda: searchable(suite), "the region in memory")
        told["free_slots"] = int(suite.metric("slots", "sas_slots_free_seats"))
        told["rebuild_redis_s"], told["rebuild_ledger_s"] = rebuilds(suite)
        await_region(lambda: searchable(suite), "the region in memory")
        told["rss_bytes"] = memory(suite.processes["slots"].pid)
        told["grpc"] = bench(
            driver, "scale", "--slots", suite.addresses["slots"], "--key-file", suite.key_file,
            "--folder", folder, "--region", REGION, "--communes", asked.communes, "--seconds",
            asked.seconds, "--rounds", asked.rounds, "--pid", suite.processes["slots"].pid)
        totals = told["grpc"].pop("totals")
        suite.terminate("slots")  # The others have both cores for themselves, as it had.
        if not compared:
            return told
        if suite.has_postgis():
            suite.start_postgres(POSTGRES_OPTIONS)
            told["postgres"] = postgres(suite, driver, folder, asked.seconds, totals)
        told["redis"] = redis_geo(driver, folder, asked.seconds)
    return told


def summary(told, sites):
    """The figures of one size as the issue names them."""
    grpc = told["grpc"]
    at = grpc[LEVEL]
    search = at["search"]
    # The best that this machine gives, by callbacks or by a completion queue.
    typed = max(at["echo_typed"], at["echo_typed_queue"], key=lambda echo: echo["per_s"])
    raw = max(at["echo_raw"], at["echo_raw_queue"], key=lambda echo: echo["per_s"])
    line = {
        "bench": "search", "slots": told["free_slots"], "sites": sites,
        "qps": search["per_s"], "p50_us": search["p50_ms"] * 1000,
        "p99_us": search["p99_ms"] * 1000, "echo_qps": typed["per_s"],
        "echo_p99_us": typed["p99_ms"] * 1000, "qps_vs_echo": search["per_s"] / typed["per_s"],
        "qps_vs_raw_echo": search["per_s"] / raw["per_s"],
        "goodput_2x": grpc["overload"]["goodput"],
        "p99_vs_echo": search["p99_ms"] / typed["p99_ms"],
        "rebuild_redis_s": told["rebuild_redis_s"], "rebuild_ledger_s": told["rebuild_ledger_s"],
    }
    # Null: nobody was asked, for the size or for want of PostGIS.
    line["vs_postgis"] = line["same_totals"] = line["vs_redis"] = None
    if "postgres" in told:
        best = max(told["postgres"][name]["per_s"] for name in ("postgis", "box"))
        line["vs_postgis"] = grpc["peak_per_s"] / best
        line["same_totals"] = told["postgres"]["same_totals"]
    if "redis" in told:
        line["vs_redis"] = grpc["peak_per_s"] / told["redis"]["per_s"]
    return line


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def run(asked):
    """Each size in a line of its own; in the last, the figures of the largest that was compared."""
    if not asked.communes.exists():
        sys.exit(f"tools/bench: no communes in {asked.communes}; give --communes")
    folder = ROOT / "build" / "bench-search"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL's own user reads the rows.
    sizes = sorted(int(size) for size in asked.slots.split(","))
    kernel = kernels(asked, sizes)
    for told in kernel.values():
        print(json.dumps(told), flush=True)
    last, smallest = {}, None
    for slots in sizes:
        if not fits(slots):
            print(json.dumps({"slots": slots, "left_out": "more than the free memory"}), flush=True)
            continue
        told = measure(asked, slots, folder)
        print(json.dumps(told), flush=True)
        line = {**summary(told, asked.sites), **kernel_figures(kernel, slots)}
        if smallest is None:
            smallest = told
        elif told["free_slots"] > smallest["free_slots"]:
            line["process_bytes_per_slot"] = (told["rss_bytes"] - smallest["rss_bytes"]) / (
                told["free_slots"] - smallest["free_slots"])
        print(json.dumps(rounded(line)), flush=True)
        if slots <= asked.compared_max or sizes[0] > asked.compared_max:
            last = line
    return last
