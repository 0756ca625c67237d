-- Whose a plan or an opening is: an edit, and each line of a file of plans, looks for what its practitioner holds elsewhere
-- and reads nothing of the rest of the region. The ledger derives it from the document, because replicas that do not know
-- the column go on writing while others begin.
-- sqlite:
ALTER TABLE session_plans ADD COLUMN practitioner TEXT
  GENERATED ALWAYS AS (coalesce(json_extract(document, '$.practitioner'), '')) VIRTUAL;
ALTER TABLE agenda_exceptions ADD COLUMN practitioner TEXT
  GENERATED ALWAYS AS (coalesce(json_extract(document, '$.practitioner'), '')) VIRTUAL;
-- end
-- postgres:
ALTER TABLE session_plans ADD COLUMN practitioner TEXT
  GENERATED ALWAYS AS (coalesce(CAST(document AS json)->>'practitioner', '')) STORED;
ALTER TABLE agenda_exceptions ADD COLUMN practitioner TEXT
  GENERATED ALWAYS AS (coalesce(CAST(document AS json)->>'practitioner', '')) STORED;
-- end
CREATE INDEX session_plans_practitioner ON session_plans (region, practitioner, name);
CREATE INDEX agenda_exceptions_practitioner ON agenda_exceptions (region, practitioner, name);
