-- Days of sites with a daily cap, one row each: every appointment there writes it, so that of two
-- that would both be the last one has to look again. `start_us` is local midnight, microseconds since
-- 1970 UTC.

CREATE TABLE capped_days (
  site TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (site, start_us)
);
