-- Offers of dossiers to other territories that nobody has answered, and conventions of help. Times
-- are microseconds since 1970 UTC.

CREATE TABLE case_offers (
  case_name TEXT PRIMARY KEY REFERENCES cases (name),
  region TEXT NOT NULL,
  from_territory TEXT NOT NULL,
  to_territory TEXT NOT NULL,
  alarm_us BIGINT NOT NULL
);
CREATE INDEX case_offers_alarm ON case_offers (region, alarm_us);

CREATE TABLE conventions (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  host_territory TEXT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX conventions_host ON conventions (region, host_territory);
