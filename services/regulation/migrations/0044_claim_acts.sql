-- When the owner of a dossier last acted on it: the longest idle claim is on every board (hazard H-11).
-- Each act of his renews the lease in full, so what is left of a claim of before tells when that was.

ALTER TABLE cases ADD COLUMN claim_act_us BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET claim_act_us = claim_expire_us - CASE WHEN priority IN (1, 2) THEN 120000000 ELSE 600000000 END
  WHERE owner <> '';
