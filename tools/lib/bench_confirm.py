"""`tools/bench confirm`: durable confirmations through gRPC on both ledgers, each beside its raw floor."""

import pathlib
import re
import subprocess

LEVELS = (1, 8, 32, 128)
GOAL_LEVEL = 32

# What one confirmation writes, in the statements that write it: the key of the request is taken first,
# the audit has a chain for each connection. Sizes are those of real rows.
SCHEMA = """
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
SET search_path TO floor;
CREATE TABLE appointments(name TEXT PRIMARY KEY, slot TEXT, seat BIGINT, care_order TEXT, document TEXT);
CREATE UNIQUE INDEX live_seat ON appointments(slot, seat);
CREATE TABLE answers(id TEXT PRIMARY KEY, fingerprint TEXT, response TEXT, expires BIGINT);
CREATE INDEX answers_expires ON answers(expires);
CREATE TABLE audit(chain BIGINT, sequence BIGINT, record TEXT, hash TEXT, PRIMARY KEY(chain, sequence));
CREATE TABLE audit_head(chain BIGINT PRIMARY KEY, sequence BIGINT, hash TEXT) WITH (fillfactor = 50);
INSERT INTO audit_head SELECT i, 0, '' FROM generate_series(0, 127) i;
CREATE TABLE outbox(sequence BIGSERIAL PRIMARY KEY, subject TEXT, payload TEXT);
CREATE TABLE seat_outbox(sequence BIGSERIAL PRIMARY KEY, slot TEXT, seat BIGINT, appointment TEXT);
"""

SCRIPT = f"""
\\set n random(1, 1000000000000)
BEGIN;
INSERT INTO floor.answers VALUES ('key-' || :n, '', '', 0) ON CONFLICT DO NOTHING;
INSERT INTO floor.appointments VALUES ('appointment-' || :n, 'slot-' || :n, 0, '', '{"d" * 1100}');
INSERT INTO floor.seat_outbox(slot, seat, appointment) VALUES ('slot-' || :n, 0, 'appointment-' || :n);
UPDATE floor.audit_head SET sequence = sequence + 1, hash = 'h' WHERE chain = :client_id;
INSERT INTO floor.audit SELECT chain, sequence, '{"a" * 300}', hash FROM floor.audit_head
  WHERE chain = :client_id;
INSERT INTO floor.outbox(subject, payload) VALUES ('appointment-' || :n, '{"e" * 500}');
UPDATE floor.answers SET response = '{"r" * 1200}', expires = 1 WHERE id = 'key-' || :n;
COMMIT;
"""


def postgres_floor(suite, callers, seconds):
    """The same statements by PostgreSQL's own load generator: commits a second."""
    suite.run_sql(SCHEMA)
    script = pathlib.Path(suite.folder) / "floor.sql"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [suite.postgres_program("pgbench"), "-n", "-M", "prepared", "-c", str(callers), "-j", "1",
         "-T", str(seconds), "-f", str(script), "-h", suite.postgres_socket, "-U", "postgres",
         "postgres"], capture_output=True, text=True)
    found = re.findall(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise RuntimeError(f"pgbench: {done.stderr}")
    return float(found[-1])


def with_postgres_floor(suite, asked, told):
    for level in LEVELS:
        at = told[f"callers_{level}"]
        at["floor_per_s"] = postgres_floor(suite, level, asked.seconds)
        at["vs_floor"] = at["per_s"] / at["floor_per_s"]
    return told


def summary(told):
    """Of the level that the goal names; `told` is by ledger."""
    line = {"bench": "confirm"}
    for ledger, levels in told.items():
        at = levels[f"callers_{GOAL_LEVEL}"]
        line[f"{ledger}_per_s"] = at["per_s"]
        line[f"{ledger}_p99_ms"] = at["p99_ms"]
        line[f"{ledger}_vs_floor"] = at["vs_floor"]
    return line
