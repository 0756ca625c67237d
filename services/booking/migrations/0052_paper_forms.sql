-- Which appointment a paper form is (hazard H-44): the number is that of the organization that filled it in, or of
-- the territory (territory:85) when the credentials name none. Who cancels the appointment may type it again.

CREATE TABLE paper_forms (
  region TEXT NOT NULL,
  owner TEXT NOT NULL,
  form_number TEXT NOT NULL,
  appointment TEXT NOT NULL REFERENCES appointments (name),
  PRIMARY KEY (region, owner, form_number)
);
