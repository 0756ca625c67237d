-- Calls before their dossier: they ring, somebody picks up. `phone_number` is identity and leaves only
-- to whoever picked up. `rank` is -1 for who rang before and was not answered.

CREATE TABLE waiting_calls (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  state BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  arrival_us BIGINT NOT NULL,
  call_reference TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
-- What rings, counted each second, and the next one; then what was picked up.
CREATE INDEX waiting_calls_ringing ON waiting_calls (territory, arrival_us, region) WHERE state = 1;
CREATE INDEX waiting_calls_live ON waiting_calls (region, state, rank, arrival_us, name)
  WHERE state IN (1, 2);
-- A number of the telephone system is one call while it lasts.
CREATE UNIQUE INDEX waiting_calls_reference_live ON waiting_calls (region, call_reference)
  WHERE state IN (1, 2);
CREATE INDEX waiting_calls_reference ON waiting_calls (region, call_reference, arrival_us);
CREATE INDEX waiting_calls_number ON waiting_calls (region, phone_number, arrival_us)
  WHERE phone_number <> '';
