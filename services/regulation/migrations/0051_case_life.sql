-- The life cycle moves by itself (CLOTURE 24 h after a dossier was opened or decided, CLASSE after three months): what
-- may move is found by state and opening. Dossiers of before this step count as old and are looked at.

ALTER TABLE cases ADD COLUMN opened_us BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_life ON cases (state, opened_us) WHERE state IN (4, 5);
