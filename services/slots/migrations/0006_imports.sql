-- Files that are imported piece by piece: how far each has come, in the transaction of what it brought.
-- Times are microseconds since 1970 UTC.
CREATE TABLE imports (
  region TEXT NOT NULL,
  import_id TEXT NOT NULL,
  format BIGINT NOT NULL,
  territories TEXT NOT NULL,
  done_bytes BIGINT NOT NULL,
  finished BIGINT NOT NULL,
  header TEXT NOT NULL,
  update_us BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (region, import_id, format)
);
CREATE INDEX imports_age ON imports (update_us);

-- A register names sites by their number.
ALTER TABLE sites ADD COLUMN finess TEXT NOT NULL DEFAULT '';
-- sqlite:
UPDATE sites SET finess = coalesce(json_extract(document, '$.finess'), '');
-- end
-- postgres:
UPDATE sites SET finess = coalesce(CAST(document AS json)->>'finess', '');
-- end
CREATE INDEX sites_finess ON sites (region, finess);
