"""The race for few seats: drives it, loses Redis under it, and holds the ledger against the clients.

The clients' journal (race.journal, written by the driver and by nobody else) says who won which seat
and when he began to give it back. A double is a seat that two had at once by that journal, or two
live rows of one seat in the ledger. Redis is emptied again and again meanwhile: what it has forgotten
is offered again, so that the ledger's unique index has to decide and not only the hold.
"""

import collections
import json
import subprocess
import threading

import nurse_entry

FLUSH_SECONDS = 2
LOOK_SECONDS = 0.02
CANCELLED = "5"


def territory(bench_territory):
    """Two sites, two seats in each slot; the race is for a few of these slots."""
    return bench_territory(sites=2, seats=2)


def rebuilds(suite):
    """How often the region was loaded into Redis so far, whatever the cause."""
    return suite.metric("slots", "sas_slots_rebuilds_total")


def read_journal(path):
    """{name: (slot, seat)} of all that was won, names that are given back, doubles by the journal."""
    won, given_back, doubles = {}, set(), 0
    for line in path.read_text().splitlines():
        word, name, *rest = line.split(" ")
        if word == "won":
            won[name] = (rest[0], rest[1])
        elif word == "cancelling":
            given_back.add(name)
        else:
            doubles += 1
    return won, given_back, doubles


def run(suite, driver, attempts, seed, flush_seconds=FLUSH_SECONDS):
    """Runs the race on a started suite with the territory loaded; the services have ended after it."""
    patient = nurse_entry.open_patient(suite)
    over = threading.Event()
    flushes = 0

    def flush():
        nonlocal flushes
        while not over.wait(flush_seconds):
            rebuilt = rebuilds(suite)
            suite.redis("FLUSHALL")
            flushes += 1
            # On a slow machine a rebuild takes longer than the pause: then nobody would win a seat.
            while rebuilds(suite) == rebuilt and not over.wait(LOOK_SECONDS):
                pass

    flusher = threading.Thread(target=flush)
    flusher.start()
    try:
        done = subprocess.run(
            [str(driver), "race", "--slots", suite.addresses["slots"], "--booking",
             suite.addresses["booking"], "--key-file", str(suite.key_file), "--folder",
             str(suite.folder), "--patient", patient, "--attempts", str(attempts), "--seed", str(seed)],
            capture_output=True, text=True)
    finally:
        over.set()
        flusher.join()
    if done.returncode != 0:
        raise RuntimeError(done.stderr or f"{driver} ended with {done.returncode}")
    told = json.loads(done.stdout.splitlines()[-1])
    for service in ("booking", "slots"):
        suite.terminate(service)
    return {"bench": "race", **told, "flushes": flushes, "seed": seed, **compare(suite)}


def compare(suite):
    """The ledger against the journal of the clients."""
    won, given_back, doubles = read_journal(suite.folder / "race.journal")
    rows = {name: (slot, seat, state) for name, slot, seat, state in
            suite.rows("booking", "SELECT name, slot, seat, state FROM appointments")}
    live = collections.Counter((slot, seat) for slot, seat, state in rows.values()
                               if state != CANCELLED)
    missing = [name for name, (slot, seat) in won.items()
               if name not in rows or rows[name][:2] != (slot, seat)
               or (rows[name][2] == CANCELLED) != (name in given_back)]
    return {"doubles": doubles + sum(count - 1 for count in live.values()),
            "acked_missing": len(missing), "unasked": len(rows.keys() - won.keys()),
            "ledger": suite.ledger}
