-- $1 latitude, $2 longitude, $3 territory, $4 entry bit, $5 motif bit, $6 age in months, $7 from,
-- $8 to. The same as postgis.sql with plain SQL: a box on (latitude, longitude), then the distance
-- on the sphere.
SELECT slot.id, slot.start, slot.site, near.meters
FROM (
  SELECT * FROM (
    SELECT site.id, 2 * 6371008.8 * asin(sqrt(power(sin(radians(site.latitude - $1::float8) / 2), 2)
             + cos(radians($1::float8)) * cos(radians(site.latitude))
               * power(sin(radians(site.longitude - $2::float8) / 2), 2))) AS meters
    FROM site
    WHERE site.latitude BETWEEN $1::float8 - 0.2700 AND $1::float8 + 0.2700
      AND site.longitude BETWEEN $2::float8 - 0.2700 / cos(radians($1::float8))
                             AND $2::float8 + 0.2700 / cos(radians($1::float8))
      AND $3::text = ANY (site.territories) AND site.entries & $4::int <> 0
      AND site.motifs & $5::int <> 0 AND site.youngest <= $6::int
  ) boxed WHERE meters <= 30000
) near
JOIN slot ON slot.site = near.id AND slot.start >= $7::int AND slot.start < $8::int
  AND slot.free > 0 AND slot.entries & $4::int <> 0 AND slot.modes & 2 <> 0
ORDER BY width_bucket(slot.start - $7::int, ARRAY[7201, 14401, 28801, 86401]),
         width_bucket(near.meters, ARRAY[5000, 10000, 20000, 30000, 50000]::float8[]),
         greatest(0, 96 - (slot.start - $7::int) / 900)
           + greatest(0, 50 - (near.meters / 1000)::int) DESC,
         slot.start, slot.id
LIMIT 20
