-- When a platform's slot ends: what a list counts as barred (PDSA hours, season, licence) reads no documents.
ALTER TABLE partner_slots ADD COLUMN end_us BIGINT NOT NULL DEFAULT 0;
-- sqlite:
UPDATE partner_slots SET
  end_us = coalesce(CAST(strftime('%s', json_extract(document, '$.endTime')) AS INTEGER), 0) * 1000000;
-- end
-- postgres:
UPDATE partner_slots SET
  end_us = coalesce(CAST(extract(epoch FROM CAST(CAST(document AS json)->>'endTime' AS timestamptz))
    AS BIGINT), 0) * 1000000;
-- end
