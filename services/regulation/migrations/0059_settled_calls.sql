-- What is settled is forgotten after days: it holds a number that the dossier or the call to return has too.

CREATE INDEX waiting_calls_settled ON waiting_calls (arrival_us, name) WHERE state IN (3, 4);
