-- Dossiers are proposed for a call by indexes: by the number, and the newest of a commune or a point.
-- Without them each call read the whole room, which is longest when calls come fastest.

CREATE TABLE case_numbers (
  number TEXT NOT NULL,
  case_name TEXT NOT NULL REFERENCES cases (name),
  PRIMARY KEY (number, case_name)
);
CREATE INDEX cases_commune ON cases (insee_code, last_call_us);
CREATE INDEX cases_point ON cases (latitude_e6, longitude_e6) WHERE latitude_e6 <> 999000000;

-- `numbers` is ",+33…,+33…,": one number after the other is cut off.
WITH RECURSIVE cut (case_name, number, rest) AS (
  SELECT name, '', substr(numbers, 2) FROM cases WHERE numbers <> ''
  UNION ALL
-- sqlite:
  SELECT case_name, substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1)
-- end
-- postgres:
  SELECT case_name, substr(rest, 1, strpos(rest, ',') - 1), substr(rest, strpos(rest, ',') + 1)
-- end
  FROM cut WHERE rest <> ''
)
INSERT INTO case_numbers (number, case_name) SELECT DISTINCT number, case_name FROM cut WHERE number <> '';
