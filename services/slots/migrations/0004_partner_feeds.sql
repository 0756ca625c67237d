-- Agendas that live with a booking platform, what it said of them, and what it refused afterwards. Times
-- are microseconds since 1970 UTC.

-- One row for each agenda: a frame changes it, so that two frames of an agenda never interleave.
CREATE TABLE partner_agendas (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  site TEXT NOT NULL,
  partner TEXT NOT NULL,
  applied_sequence BIGINT NOT NULL,
  verify_us BIGINT NOT NULL,
  resync BIGINT NOT NULL
);
CREATE INDEX partner_agendas_region ON partner_agendas (region, name);
CREATE INDEX partner_agendas_site ON partner_agendas (site, name);

-- A slot as its source told it last.
CREATE TABLE partner_slots (
  agenda TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  free BIGINT NOT NULL,
  practitioner TEXT NOT NULL,
  known_seats BIGINT NOT NULL,
  refused_us BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (agenda, start_us)
);
CREATE INDEX partner_slots_age ON partner_slots (start_us);

-- Slots that their source refused when they were to be booked.
CREATE TABLE partner_phantoms (
  agenda TEXT NOT NULL,
  start_us BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  region TEXT NOT NULL,
  partner TEXT NOT NULL,
  source_code TEXT NOT NULL,
  PRIMARY KEY (agenda, start_us, at_us)
);
CREATE INDEX partner_phantoms_partner ON partner_phantoms (region, partner, at_us);

-- A feed names practitioners by their number.
ALTER TABLE practitioners ADD COLUMN rpps TEXT NOT NULL DEFAULT '';
-- sqlite:
UPDATE practitioners SET rpps = coalesce(json_extract(document, '$.rpps'), '');
-- end
-- postgres:
UPDATE practitioners SET rpps = coalesce(CAST(document AS json)->>'rpps', '');
-- end
CREATE INDEX practitioners_rpps ON practitioners (region, rpps);
