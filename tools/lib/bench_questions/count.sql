-- Matches of a question, parameters as of postgis.sql: the service's total_count must be the same.
SELECT count(*)
FROM site JOIN slot ON slot.site = site.id AND slot.start >= $7::int AND slot.start < $8::int
  AND slot.free > 0 AND slot.entries & $4::int <> 0 AND slot.modes & 2 <> 0
WHERE ST_DWithin(site.place, ST_MakePoint($2::float8, $1::float8)::geography, 30000, false)
  AND $3::text = ANY (site.territories) AND site.entries & $4::int <> 0
  AND site.motifs & $5::int <> 0 AND site.youngest <= $6::int
