-- What is exchanged about a dossier, and who has read it. Columns are what is looked for; texts are in the
-- document alone. unread_us is since when it waits for a reader, 0 when nobody need read it; is_read says
-- whether anybody has. due_us is when a platform of téléexpertise is told, 0 for never.

CREATE TABLE exchanges (
  name TEXT PRIMARY KEY,
  case_name TEXT NOT NULL REFERENCES cases (name),
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  kind BIGINT NOT NULL,
  shared BIGINT NOT NULL,
  author TEXT NOT NULL,
  to_role BIGINT NOT NULL,
  to_organization TEXT NOT NULL,
  to_subject TEXT NOT NULL,
  create_us BIGINT NOT NULL,
  unread_us BIGINT NOT NULL,
  is_read BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  case_ref TEXT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX exchanges_case ON exchanges (case_name, create_us);
CREATE INDEX exchanges_unread ON exchanges (region, unread_us) WHERE unread_us > 0;
CREATE INDEX exchanges_due ON exchanges (due_us) WHERE due_us > 0;
CREATE UNIQUE INDEX exchanges_case_ref ON exchanges (case_ref) WHERE case_ref <> '';

CREATE TABLE exchange_reads (
  exchange_name TEXT NOT NULL REFERENCES exchanges (name),
  subject TEXT NOT NULL,
  unread_us BIGINT NOT NULL,
  read_us BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (exchange_name, subject, unread_us)
);
