-- Whose word counts about the bookings of an agenda: 0 not said and 1 ours, 2 the platform's over its stream,
-- 3 the platform's on its page.
ALTER TABLE partner_agendas ADD COLUMN master BIGINT NOT NULL DEFAULT 0;
ALTER TABLE partner_agendas ADD COLUMN booking_url TEXT NOT NULL DEFAULT '';
