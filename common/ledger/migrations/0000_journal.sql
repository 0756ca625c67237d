-- What every service's ledger has beside its own tables. Times are microseconds since 1970 UTC.
-- Applied files never change: a later change is a new file.

-- First answers of writes, for repeats. A row with expires = 0 is a reservation: the write with
-- this key runs, and a twin of it waits here.
CREATE TABLE answers (
  caller TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  response TEXT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (caller, method, request_id)
);
CREATE INDEX answers_expires ON answers (expires);

-- The medico-legal record: append-only chains of hashes, one for each connection that writes.
CREATE TABLE audit (
  chain BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  region TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (chain, sequence)
);
CREATE INDEX audit_subject ON audit (subject, time_us);

-- Newest record of each chain: shows a tail that was cut off.
CREATE TABLE audit_head (
  chain BIGINT PRIMARY KEY,
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL
);

-- Events for the feed, in the order (tx, sequence). On PostgreSQL tx is the writing transaction: a
-- reader stops before the oldest one still open, so that a late commit is never skipped. SQLite
-- commits in order and keeps 0.
-- sqlite:
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  tx BIGINT NOT NULL DEFAULT 0,
  region TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  record_time_us BIGINT NOT NULL,
  payload TEXT NOT NULL
);
-- end
-- postgres:
CREATE TABLE outbox (
  sequence BIGSERIAL PRIMARY KEY,
  tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  region TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  record_time_us BIGINT NOT NULL,
  payload TEXT NOT NULL
);
-- end
CREATE INDEX outbox_order ON outbox (tx, sequence);
CREATE INDEX outbox_region_order ON outbox (region, tx, sequence);

-- Position up to which the past was removed.
CREATE TABLE outbox_trimmed (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  tx BIGINT NOT NULL,
  sequence BIGINT NOT NULL
);
INSERT INTO outbox_trimmed (only_row, tx, sequence) VALUES (1, 0, 0);
