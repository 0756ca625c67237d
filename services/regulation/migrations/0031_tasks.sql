-- Tasks between the CRRA and the practices. `person` and `owner` are pseudonyms; what is to be done and
-- what came of it stand in the document alone.

CREATE TABLE tasks (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  state BIGINT NOT NULL,
  role BIGINT NOT NULL,
  organization TEXT NOT NULL,
  person TEXT NOT NULL,
  owner TEXT NOT NULL,
  creator TEXT NOT NULL,
  case_name TEXT NOT NULL,
  due_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
-- Open and taken ones: what lists show first and what is counted.
CREATE INDEX tasks_live ON tasks (due_us) WHERE state IN (1, 2);
CREATE INDEX tasks_organization ON tasks (organization, due_us);
CREATE INDEX tasks_case ON tasks (case_name) WHERE case_name <> '';
