-- Calls that belong to a dossier that is there (hazard H-07): by what dossiers are proposed for a call, and what a
-- dossier was before a call was attached to it. `numbers` is ",+33…,+33…,"; a point is in millionths of a degree,
-- 999000000 for none. Dossiers of before this step are proposed from their next change on; calls attached before it
-- are detached without restoring the wait.

ALTER TABLE cases ADD COLUMN numbers TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN insee_code TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN latitude_e6 BIGINT NOT NULL DEFAULT 999000000;
ALTER TABLE cases ADD COLUMN longitude_e6 BIGINT NOT NULL DEFAULT 999000000;
ALTER TABLE cases ADD COLUMN last_call_us BIGINT NOT NULL DEFAULT 0;

CREATE TABLE attached_calls (
  case_name TEXT NOT NULL REFERENCES cases (name),
  call_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  attached_us BIGINT NOT NULL,
  state BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  wait_start_us BIGINT NOT NULL,
  wait_target_us BIGINT NOT NULL,
  wait_alarm_us BIGINT NOT NULL,
  close_us BIGINT NOT NULL,
  lost_call TEXT NOT NULL,
  PRIMARY KEY (case_name, call_id)
);
