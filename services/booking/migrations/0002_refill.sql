-- The file active: seats that became free, and to which waiting orders they were offered. An offer is a
-- hold of an operator; it books nothing. Times are microseconds since 1970 UTC.

CREATE TABLE freed_seats (
  id TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  slot TEXT NOT NULL,
  care_order TEXT NOT NULL,
  cause TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  freed_us BIGINT NOT NULL,
  rounds BIGINT NOT NULL,
  offer TEXT NOT NULL,
  is_open BIGINT NOT NULL,
  end_reason TEXT NOT NULL
);
CREATE INDEX freed_seats_open ON freed_seats (freed_us, id) WHERE is_open = 1;
CREATE INDEX freed_seats_age ON freed_seats (freed_us);

-- State 1 is made: the only open one.
CREATE TABLE seat_offers (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  freed_seat TEXT NOT NULL,
  care_order TEXT NOT NULL,
  state BIGINT NOT NULL,
  create_us BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX seat_offers_region ON seat_offers (region, create_us, name);
CREATE INDEX seat_offers_freed ON seat_offers (freed_seat);

-- Which replica makes offers now.
CREATE TABLE refill_lease (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  holder TEXT NOT NULL,
  until_us BIGINT NOT NULL
);
INSERT INTO refill_lease (only_row, holder, until_us) VALUES (1, '', 0);
