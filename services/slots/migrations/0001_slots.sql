-- Communes, structures, practitioners, sites, plans; and the seats that appointments have. Columns
-- are what is looked for, sorted or kept unique; the rest of each aggregate is its `document`, proto3
-- JSON. Times are microseconds since 1970 UTC. Applied files never change: a later change is a new
-- file.

-- Every import and every change of a seat writes this row, so that two of one region never
-- interleave.
CREATE TABLE regions (
  region TEXT PRIMARY KEY,
  epoch BIGINT NOT NULL,
  seat_sequence BIGINT NOT NULL,
  directory BIGINT NOT NULL
);

CREATE TABLE communes (
  region TEXT NOT NULL,
  insee_code TEXT NOT NULL,
  folded TEXT NOT NULL,
  bare TEXT NOT NULL,
  postal_codes TEXT NOT NULL,
  population BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (region, insee_code)
);

CREATE TABLE structures (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX structures_region ON structures (region, name);

CREATE TABLE practitioners (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX practitioners_region ON practitioners (region, name);

CREATE TABLE sites (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territories TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX sites_region ON sites (region, name);

CREATE TABLE session_plans (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  site TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX session_plans_region ON session_plans (region, name);
CREATE INDEX session_plans_site ON session_plans (site, name);

-- A seat is there while an appointment has it. No patient's datum.
CREATE TABLE seats (
  slot TEXT NOT NULL,
  seat BIGINT NOT NULL,
  region TEXT NOT NULL,
  site TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  appointment TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  PRIMARY KEY (slot, seat)
);
CREATE INDEX seats_start ON seats (region, start_us);
CREATE INDEX seats_age ON seats (start_us);
