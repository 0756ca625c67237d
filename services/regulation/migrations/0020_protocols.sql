-- Triage protocols by version, who has acknowledged them, and the answers that dossiers gave. A
-- version's content never changes once it is signed; which one applies follows from in_force_us.

CREATE TABLE protocols (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  scope TEXT NOT NULL,
  territory TEXT NOT NULL,
  protocol TEXT NOT NULL,
  in_force_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX protocols_protocol ON protocols (protocol);
-- Two versions never take effect at one instant: which one applies would be chance.
CREATE UNIQUE INDEX protocols_in_force ON protocols (protocol, in_force_us) WHERE in_force_us > 0;

CREATE TABLE protocol_acknowledgements (
  protocol_version TEXT NOT NULL REFERENCES protocols (name),
  subject TEXT NOT NULL,
  acknowledge_us BIGINT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (protocol_version, subject)
);

-- Append-only.
CREATE TABLE triages (
  name TEXT PRIMARY KEY,
  case_name TEXT NOT NULL REFERENCES cases (name),
  protocol TEXT NOT NULL,
  record_us BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX triages_protocol ON triages (protocol, record_us);
