-- Lists, head counts and the next dossier are found in indexes alone, in their order: with the
-- dossiers themselves each of them read the documents of the whole room.

DROP INDEX cases_queue;
CREATE INDEX cases_room ON cases (
  region, state, band, rank, since_us, name, waits, owner, claim_expire_us, priority, territory,
  filiere, callback_start_us, callback_end_us, alarm_us);
CREATE INDEX cases_promised ON cases (region, callback_end_us) WHERE state = 2 AND priority = 4;
CREATE INDEX cases_claimed ON cases (territory, claim_act_us, name, claim_expire_us, region)
  WHERE state = 2 AND owner <> '';
CREATE INDEX cases_waits ON cases (since_us, name) WHERE state = 2 AND waits = 1;
DROP INDEX cases_ended;
CREATE INDEX cases_ended ON cases (region, ended_us, name) WHERE state IN (3, 4, 5, 6);
