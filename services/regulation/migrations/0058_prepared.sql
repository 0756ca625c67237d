-- The life cycle moves by itself at both ends, too: what was prepared begins at its hour (`opened_us` holds it until then),
-- what was filed is archived after years.

DROP INDEX cases_life;
CREATE INDEX cases_life ON cases (state, opened_us) WHERE state IN (1, 4, 5, 6);
