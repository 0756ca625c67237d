-- Dossiers, decisions, orders and calls to return. Columns are what is looked for, sorted or kept
-- unique; the rest of each aggregate is its `document`, proto3 JSON. Times are microseconds since
-- 1970 UTC, 0 for none. Applied files never change: a later change is a new file.

CREATE TABLE cases (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  state BIGINT NOT NULL,
  filiere BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  waits BIGINT NOT NULL,
  band BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  since_us BIGINT NOT NULL,
  alarm_us BIGINT NOT NULL,
  callback_start_us BIGINT NOT NULL,
  callback_end_us BIGINT NOT NULL,
  owner TEXT NOT NULL,
  claim_expire_us BIGINT NOT NULL,
  ended_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX cases_queue ON cases (region, state, waits, band, rank, since_us);
CREATE INDEX cases_ended ON cases (region, ended_us);

CREATE TABLE decisions (
  name TEXT PRIMARY KEY,
  case_name TEXT NOT NULL REFERENCES cases (name),
  create_us BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX decisions_case ON decisions (case_name, name);

CREATE TABLE orders (
  name TEXT PRIMARY KEY,
  case_name TEXT NOT NULL REFERENCES cases (name),
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  state BIGINT NOT NULL,
  is_open BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  appointment TEXT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX orders_open ON orders (region, is_open, due_us);
CREATE INDEX orders_case ON orders (case_name);

CREATE TABLE lost_calls (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  state BIGINT NOT NULL,
  phone_number TEXT NOT NULL,
  arrival_us BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX lost_calls_open ON lost_calls (region, state, arrival_us);
CREATE INDEX lost_calls_number ON lost_calls (region, phone_number, state);

-- Case numbers: one counter for each territory and day.
CREATE TABLE counters (
  counter TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

-- Where this service stands in the feeds of others.
CREATE TABLE cursors (
  feed TEXT PRIMARY KEY,
  cursor_text TEXT NOT NULL
);
