-- What a template has made at a site: an agenda with a name, and a worklist with a name.
CREATE TABLE named_agendas (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  site TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX named_agendas_region ON named_agendas (region, name);
CREATE INDEX named_agendas_site ON named_agendas (site, name);
CREATE TABLE worklists (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  site TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX worklists_region ON worklists (region, name);
CREATE INDEX worklists_site ON worklists (site, name);
