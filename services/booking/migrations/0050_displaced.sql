-- Appointments whose slot was withdrawn under their patients, until somebody has seen to them (hazard
-- H-27). `kept` is 1 once the practice has said that it receives the patient all the same. Times are
-- microseconds since 1970 UTC, 0 for none.

CREATE TABLE displaced_appointments (
  appointment TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  site TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX displaced_appointments_open ON displaced_appointments (region, start_us, appointment)
  WHERE kept = 0;

-- When all appointments were last held against the slots.
CREATE TABLE displaced_check (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  checked_us BIGINT NOT NULL
);
INSERT INTO displaced_check (only_row, checked_us) VALUES (1, 0);
