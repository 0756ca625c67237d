-- Which sites each version of a region's directory has changed; the empty site stands for all. A version
-- without a row has changed everything. Old versions are removed by the writer.
CREATE TABLE site_changes (
  region TEXT NOT NULL,
  directory BIGINT NOT NULL,
  site TEXT NOT NULL,
  PRIMARY KEY (region, directory, site)
);

-- One site is read alone.
CREATE INDEX seats_site ON seats (site, start_us);
