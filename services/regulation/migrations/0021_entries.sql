-- Entries without regulation (the file active "SNPS"): the band of an entry, 0 for a regulator's order; when it
-- was made; whether a structure organises it outside the SAS; and whose it is. Orders of before are regulators'.

ALTER TABLE orders ADD COLUMN entry_band BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN created_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN is_local BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN organization TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN submitter TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_entries ON orders (region, is_open, entry_band, created_us);
