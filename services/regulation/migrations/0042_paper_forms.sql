-- Which dossier a paper form is (hazard H-44). The number is that of the territory where the form was filled
-- in, wherever the dossier has gone since. Forms that were typed in before this step are not known.

CREATE TABLE paper_forms (
  region TEXT NOT NULL,
  territory TEXT NOT NULL,
  form_number TEXT NOT NULL,
  case_name TEXT NOT NULL REFERENCES cases (name),
  PRIMARY KEY (region, territory, form_number)
);
