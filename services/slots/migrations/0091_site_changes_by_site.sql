-- The log keeps the last change of each site instead of a number of versions: however many versions a
-- busy feed makes, a book is told which sites it is behind. Every version after log_since has said what
-- it changed, up to `logged`; a replica that does not keep these columns leaves a gap behind, and what
-- is older than a gap is loaded whole.
ALTER TABLE regions ADD COLUMN log_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE regions ADD COLUMN logged BIGINT NOT NULL DEFAULT 0;
CREATE INDEX site_changes_site ON site_changes (region, site, directory);
