-- What was agreed with a booking platform: its limits in a region. A platform without a row has the service's own.
CREATE TABLE partners (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  partner TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE UNIQUE INDEX partners_region ON partners (region, partner);
-- How many agendas a platform publishes.
CREATE INDEX partner_agendas_partner ON partner_agendas (region, partner);
