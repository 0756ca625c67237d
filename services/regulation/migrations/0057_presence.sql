-- Whose consoles are connected: one row for each WatchBoard stream, until nobody needs it any more.
-- Whoever serves an open stream renews `seen_us`; of one that has ended it is the end.

CREATE TABLE board_streams (
  stream TEXT PRIMARY KEY,
  replica TEXT NOT NULL,
  region TEXT NOT NULL,
  subject TEXT NOT NULL,
  is_open BIGINT NOT NULL,
  seen_us BIGINT NOT NULL
);
CREATE INDEX board_streams_person ON board_streams (region, subject);
CREATE INDEX board_streams_replica ON board_streams (replica);
