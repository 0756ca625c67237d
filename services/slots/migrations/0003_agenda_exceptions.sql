-- One-off openings and closures of agendas. `end_us` is what is looked for: an exception that has ended
-- says nothing any more.
CREATE TABLE agenda_exceptions (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  site TEXT NOT NULL,
  end_us BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX agenda_exceptions_region ON agenda_exceptions (region, name);
CREATE INDEX agenda_exceptions_site ON agenda_exceptions (site, name);
CREATE INDEX agenda_exceptions_age ON agenda_exceptions (end_us);
