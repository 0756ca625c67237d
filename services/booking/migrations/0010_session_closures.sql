-- Sessions of sites that were closed: their passages are documented. `agenda` is empty for all of the
-- site. Times are microseconds since 1970 UTC; the counts are in `document`, proto3 JSON.

CREATE TABLE session_closures (
  site TEXT NOT NULL,
  agenda TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (site, agenda, start_us)
);
