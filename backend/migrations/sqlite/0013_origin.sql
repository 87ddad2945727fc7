-- Where its click came from, as the click log says; NULL: it does not. Written when the conversion is
-- opened, and again by each import that says something else of the click. Reports tell conversions
-- apart by it, and need not look up the clicks.
ALTER TABLE conversions ADD COLUMN click_geo TEXT;
ALTER TABLE conversions ADD COLUMN click_sub_id_1 TEXT;
ALTER TABLE conversions ADD COLUMN click_sub_id_2 TEXT;

UPDATE conversions SET (click_geo, click_sub_id_1, click_sub_id_2) =
    (SELECT c.geo, c.sub_id_1, c.sub_id_2 FROM clicks AS c WHERE c.clickid = conversions.clickid);

-- What reports group clicks by stands first: those of partners, and those of sources whether by partner
-- or not, are counted in the order of an index. A period is found partner by partner.
DROP INDEX clicks_by_time;
DROP INDEX clicks_by_source;
CREATE INDEX clicks_by_partner ON clicks (partner, clicked_at, geo);
CREATE INDEX clicks_by_source ON clicks
    (sub_id_1, sub_id_2, cost_currency, partner, clicked_at, geo, cost_minor);

-- What was said of the indexes went with them.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('clicks', 'clicks_by_partner', '1000000 500000 2 2'),
    ('clicks', 'clicks_by_source', '1000000 20000 1000 900 200 2 2 2');
