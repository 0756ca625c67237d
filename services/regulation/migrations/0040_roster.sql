-- Who is on shift, surges, and the directory of coordinators. Times are microseconds since 1970 UTC.

CREATE TABLE shifts (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  subject TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX shifts_time ON shifts (region, end_us, start_us);
CREATE INDEX shifts_person ON shifts (region, subject, end_us);
CREATE INDEX shifts_territory ON shifts (region, territory);

-- One row for each person with shifts: who plans for him writes it first, so that two overlapping
-- shifts cannot be written at the same moment.
CREATE TABLE roster_people (
  region TEXT NOT NULL,
  subject TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (region, subject)
);

-- The last surge of each territory.
CREATE TABLE surges (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);

-- Telephone numbers and addresses of people are in `document`, and nowhere else.
CREATE TABLE coordinators (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX coordinators_region ON coordinators (region, name);
