-- Appointments of which a platform is the master, and what platforms report of bookings. Times are
-- microseconds since 1970 UTC, 0 for none.

-- What is still to be done: task 1 ask it to take the booking, 2 wait for its word, 3 tell it of a
-- cancellation.
CREATE TABLE source_work (
  appointment TEXT PRIMARY KEY,
  task BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  overdue_us BIGINT NOT NULL,
  told_person BIGINT NOT NULL
);
CREATE INDEX source_work_due ON source_work (due_us, appointment);

-- A booking as its platform reported it: one for each platform and number. `regulation_case` is empty until
-- it is joined.
CREATE TABLE source_bookings (
  name TEXT PRIMARY KEY,
  region TEXT NOT NULL,
  partner TEXT NOT NULL,
  external_id TEXT NOT NULL,
  regulation_case TEXT NOT NULL,
  create_us BIGINT NOT NULL,
  document TEXT NOT NULL
);
CREATE UNIQUE INDEX source_bookings_business ON source_bookings (region, partner, external_id);
CREATE INDEX source_bookings_unjoined ON source_bookings (region, name) WHERE regulation_case = '';
CREATE INDEX source_bookings_case ON source_bookings (regulation_case, name);

-- Where to go on in another service's feed.
CREATE TABLE feed_cursors (
  feed TEXT PRIMARY KEY,
  cursor_text TEXT NOT NULL
);

-- Which replica asks the platforms now.
CREATE TABLE source_lease (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  holder TEXT NOT NULL,
  until_us BIGINT NOT NULL
);
INSERT INTO source_lease (only_row, holder, until_us) VALUES (1, '', 0);
