-- $1 latitude, $2 longitude, $3 territory, $4 entry bit, $5 motif bit, $6 age in months, $7 from,
-- $8 to. The circle by PostGIS' geography index; the order of the service without what the
-- comparison leaves out (treating doctor, deadline, fair share).
SELECT slot.id, slot.start, slot.site, near.meters
FROM (
  SELECT site.id, ST_Distance(site.place, ST_MakePoint($2::float8, $1::float8)::geography, false)
           AS meters
  FROM site
  WHERE ST_DWithin(site.place, ST_MakePoint($2::float8, $1::float8)::geography, 30000, false)
    AND $3::text = ANY (site.territories) AND site.entries & $4::int <> 0
    AND site.motifs & $5::int <> 0 AND site.youngest <= $6::int
) near
JOIN slot ON slot.site = near.id AND slot.start >= $7::int AND slot.start < $8::int
  AND slot.free > 0 AND slot.entries & $4::int <> 0 AND slot.modes & 2 <> 0
ORDER BY width_bucket(slot.start - $7::int, ARRAY[7201, 14401, 28801, 86401]),
         width_bucket(near.meters, ARRAY[5000, 10000, 20000, 30000, 50000]::float8[]),
         greatest(0, 96 - (slot.start - $7::int) / 900)
           + greatest(0, 50 - (near.meters / 1000)::int) DESC,
         slot.start, slot.id
LIMIT 20
