-- What waits now is counted in what waits now, and shifts are found by their end, also for whoever
-- asks for several regions: without these each count and each look went through all there ever was.

CREATE INDEX lost_calls_waiting ON lost_calls (territory) WHERE state = 1;
CREATE INDEX orders_live ON orders (territory, is_local, entry_band, due_us) WHERE is_open = 1;
CREATE INDEX shifts_end ON shifts (end_us);
