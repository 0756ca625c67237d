-- Whose a plan or an opening is: an edit, and each line of a file of plans, looks for what its practitioner holds elsewhere
-- and reads nothing of the rest of the region.
ALTER TABLE session_plans ADD COLUMN practitioner TEXT NOT NULL DEFAULT '';
ALTER TABLE agenda_exceptions ADD COLUMN practitioner TEXT NOT NULL DEFAULT '';
-- sqlite:
UPDATE session_plans SET practitioner = coalesce(json_extract(document, '$.practitioner'), '');
UPDATE agenda_exceptions SET practitioner = coalesce(json_extract(document, '$.practitioner'), '');
-- end
-- postgres:
UPDATE session_plans SET practitioner = coalesce(CAST(document AS json)->>'practitioner', '');
UPDATE agenda_exceptions SET practitioner = coalesce(CAST(document AS json)->>'practitioner', '');
-- end
CREATE INDEX session_plans_practitioner ON session_plans (region, practitioner, name);
CREATE INDEX agenda_exceptions_practitioner ON agenda_exceptions (region, practitioner, name);
