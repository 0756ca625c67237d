-- Messages about appointments: whom to tell of what, and what became of it. No row holds a text, an
-- address or an identity. `due_us` is 0 when nothing is to be done; `open_task` is the task that a
-- person still has, 0 for none. Times are microseconds since 1970 UTC.

-- sqlite:
CREATE TABLE messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  appointment TEXT NOT NULL,
  site TEXT NOT NULL,
  kind BIGINT NOT NULL,
  state BIGINT NOT NULL,
  task BIGINT NOT NULL,
  open_task BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
-- end
-- postgres:
CREATE TABLE messages (
  sequence BIGSERIAL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  appointment TEXT NOT NULL,
  site TEXT NOT NULL,
  kind BIGINT NOT NULL,
  state BIGINT NOT NULL,
  task BIGINT NOT NULL,
  open_task BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  version BIGINT NOT NULL,
  document TEXT NOT NULL
);
-- end

CREATE INDEX messages_due ON messages (kind, due_us) WHERE due_us > 0;
CREATE INDEX messages_appointment ON messages (appointment, sequence);
CREATE INDEX messages_tasks ON messages (region, sequence) WHERE open_task > 0;
CREATE INDEX messages_region ON messages (region, sequence);

-- Which replica sends the messages of a kind now.
CREATE TABLE message_workers (
  kind BIGINT PRIMARY KEY,
  holder TEXT NOT NULL,
  until_us BIGINT NOT NULL
);
