-- Appointments, and what the slots do not know of them yet. Columns are what is looked for, sorted
-- or kept unique; the rest of each aggregate is its `document`, proto3 JSON. Times are microseconds
-- since 1970 UTC, 0 for none. Applied files never change: a later change is a new file.

CREATE TABLE appointments (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  state BIGINT NOT NULL,
  slot TEXT NOT NULL,
  seat BIGINT NOT NULL,
  site TEXT NOT NULL,
  regulation_case TEXT NOT NULL,
  care_order TEXT NOT NULL,
  booker TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  consultation_start_us BIGINT NOT NULL,
  left_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);

-- The guard against double booking. State 5 is cancelled: everything else holds its seat and order.
CREATE UNIQUE INDEX appointments_live_seat ON appointments (slot, seat) WHERE state <> 5;
CREATE UNIQUE INDEX appointments_live_order ON appointments (care_order)
  WHERE state <> 5 AND care_order <> '';

CREATE INDEX appointments_region_start ON appointments (region, start_us, name);
CREATE INDEX appointments_site_start ON appointments (site, start_us, name);
CREATE INDEX appointments_case ON appointments (regulation_case);
CREATE INDEX appointments_open ON appointments (state) WHERE state IN (1, 2);

-- Marks of seats whose truth the slots have to hear, in the order of writing. `taken` is what the
-- write did; what is sent is what the ledger says when it is sent.
-- sqlite:
CREATE TABLE seat_outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  slot TEXT NOT NULL,
  seat BIGINT NOT NULL,
  appointment TEXT NOT NULL,
  taken BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  parked BIGINT NOT NULL
);
-- end
-- postgres:
CREATE TABLE seat_outbox (
  sequence BIGSERIAL PRIMARY KEY,
  slot TEXT NOT NULL,
  seat BIGINT NOT NULL,
  appointment TEXT NOT NULL,
  taken BIGINT NOT NULL,
  time_us BIGINT NOT NULL,
  parked BIGINT NOT NULL
);
-- end

-- Which replica sends them now.
CREATE TABLE seat_relay (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  holder TEXT NOT NULL,
  until_us BIGINT NOT NULL
);
INSERT INTO seat_relay (only_row, holder, until_us) VALUES (1, '', 0);
