-- What a platform says of a slot without a free seat, which one of our appointments has: 0 nothing, 1 it
-- names it as taken, 2 it named it so and says that it is gone (hazard H-27).
ALTER TABLE partner_slots ADD COLUMN taken_word BIGINT NOT NULL DEFAULT 0;
