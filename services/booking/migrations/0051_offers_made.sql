-- Offers that stand are counted among themselves and not among all that were ever made.

CREATE INDEX seat_offers_made ON seat_offers (name) WHERE state = 1;
