-- Whose a plan or an opening is: an edit, and each line of a file of plans, looks for what its practitioner holds elsewhere
-- and reads nothing of the rest of the region. PostgreSQL derives it from the document, because replicas that do not know
-- the column go on writing while others begin. SQLite, whose schema may call no json function, has one writer, who says it.
-- sqlite:
ALTER TABLE session_plans ADD COLUMN practitioner TEXT NOT NULL DEFAULT '';
ALTER TABLE agenda_exceptions ADD COLUMN practitioner TEXT NOT NULL DEFAULT '';
UPDATE session_plans SET practitioner = coalesce(json_extract(document, '$.practitioner'), '');
UPDATE agenda_exceptions SET practitioner = coalesce(json_extract(document, '$.practitioner'), '');
-- end
-- postgres:
ALTER TABLE session_plans ADD COLUMN practitioner TEXT
  GENERATED ALWAYS AS (coalesce(CAST(document AS json)->>'practitioner', '')) STORED;
ALTER TABLE agenda_exceptions ADD COLUMN practitioner TEXT
  GENERATED ALWAYS AS (coalesce(CAST(document AS json)->>'practitioner', '')) STORED;
-- end
CREATE INDEX session_plans_practitioner ON session_plans (region, practitioner, name);
CREATE INDEX agenda_exceptions_practitioner ON agenda_exceptions (region, practitioner, name);
