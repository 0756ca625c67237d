-- A change of a practitioner's licence, motifs or cap follows him to the sites where platforms name him.
CREATE INDEX partner_slots_practitioner ON partner_slots (practitioner, start_us);
