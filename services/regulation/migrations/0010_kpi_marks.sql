-- What figures are made of: one row for each act, written in its transaction. States, codes and
-- times; never an identity. Times are microseconds since 1970 UTC, 0 for none. Acts before this
-- table have none: a figure says from when on its acts are known.

CREATE TABLE kpi_marks (
  subject TEXT NOT NULL,
  version BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  act BIGINT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  priority BIGINT NOT NULL,
  filiere BIGINT NOT NULL,
  care_level BIGINT NOT NULL,
  order_state BIGINT NOT NULL,
  code TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  end_us BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (subject, version)
);
CREATE INDEX kpi_marks_time ON kpi_marks (region, at_us);
CREATE INDEX kpi_marks_all ON kpi_marks (at_us);
