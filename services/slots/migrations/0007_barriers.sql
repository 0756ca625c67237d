-- What lies between places that are near on the map: `document` has its course.
CREATE TABLE barriers (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX barriers_region ON barriers (region, name);
