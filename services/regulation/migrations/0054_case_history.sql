-- What each act changed of a dossier, field by field, and who read a protected contact. It holds what
-- people wrote, identities included, and lives and goes with the dossier.

CREATE TABLE case_history (
  case_name TEXT NOT NULL REFERENCES cases (name),
  position BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (case_name, position)
);
