-- Place de marché: who is asked to take the patient of an order, and until when. Empty and zero when
-- nobody is asked, so that both indexes hold what is open, and no more.

ALTER TABLE orders ADD COLUMN community TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN answer_due_us BIGINT NOT NULL DEFAULT 0;
CREATE INDEX orders_community ON orders (region, community, due_us) WHERE community <> '';
CREATE INDEX orders_unanswered ON orders (answer_due_us) WHERE answer_due_us > 0;
