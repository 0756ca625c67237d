-- Open orders go with their dossier to another territory; the column had stayed behind.

UPDATE orders SET territory = (SELECT cases.territory FROM cases WHERE cases.name = orders.case_name)
  WHERE is_open = 1 AND EXISTS (SELECT 1 FROM cases WHERE cases.name = orders.case_name);
