-- Whose time an appointment has, and until when: nobody receives two patients at once in two agendas
-- (hazard H-22). `practitioner` is an RPPS, empty where nobody is named. Times are microseconds since
-- 1970 UTC, 0 for none.

ALTER TABLE appointments ADD COLUMN practitioner TEXT NOT NULL DEFAULT '';
ALTER TABLE appointments ADD COLUMN end_us BIGINT NOT NULL DEFAULT 0;
-- sqlite:
UPDATE appointments SET
  practitioner = coalesce(json_extract(document, '$.practitionerRpps'), ''),
  end_us = coalesce(CAST(strftime('%s', json_extract(document, '$.endTime')) AS INTEGER), 0) * 1000000;
-- end
-- postgres:
UPDATE appointments SET
  practitioner = coalesce(CAST(document AS json)->>'practitionerRpps', ''),
  end_us = coalesce(CAST(extract(epoch FROM CAST(CAST(document AS json)->>'endTime' AS timestamptz))
                         AS BIGINT), 0) * 1000000;
-- end
CREATE INDEX appointments_practitioner ON appointments (practitioner, start_us)
  WHERE practitioner <> '' AND state <> 5;

-- SQLite has one writer. On PostgreSQL the first appointment of a slot writes the hours of who receives,
-- so that of two that would have the same time one has to look again. `start_us` is a whole hour UTC.
-- postgres:
CREATE TABLE practitioner_hours (
  start_us BIGINT NOT NULL,
  practitioner TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (start_us, practitioner)
);
-- end
