-- What is counted under a cap beside the days of sites: a practitioner's weeks, patients beyond the seats of an
-- agenda's sessions. SQLite has one writer. On PostgreSQL every appointment that counts writes the row of what it
-- counts in, so that of two that would both be the last one has to look again. `counted` is
-- regions/{region}/rpps/{rpps} or {site}/agendas/{agenda}.
-- postgres:
CREATE TABLE capped_counts (
  counted TEXT PRIMARY KEY,
  version BIGINT NOT NULL
);
-- end
