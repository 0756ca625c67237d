-- The region as PostgreSQL keeps it best: points under GiST, slots clustered and read from their
-- index alone. Loaded anew for each size.
CREATE EXTENSION IF NOT EXISTS postgis;
DROP TABLE IF EXISTS slot, site;
CREATE TABLE site (
  id int PRIMARY KEY, latitude float8, longitude float8, territories text[], entries int,
  motifs int, youngest int
);
CREATE TABLE slot (id bigint, site int, start int, modes int, entries int, free smallint DEFAULT 1);
\copy site FROM 'sites.csv' (DELIMITER ';')
\copy slot (id, site, start, modes, entries) FROM 'slots.csv' (DELIMITER ';')
ALTER TABLE site ADD COLUMN place geography(Point, 4326);
UPDATE site SET place = ST_MakePoint(longitude, latitude)::geography;
CREATE INDEX site_place ON site USING gist (place);
CREATE INDEX site_box ON site (latitude, longitude);
CREATE INDEX slot_start ON slot (site, start) INCLUDE (id, modes, entries, free);
CLUSTER slot USING slot_start;
VACUUM (FULL, ANALYZE) site;
VACUUM (ANALYZE) slot;
