-- The last frame that changed a slot of an agenda: who shows an older reading of it claims no younger age.
ALTER TABLE partner_agendas ADD COLUMN changed_sequence BIGINT NOT NULL DEFAULT 0;
