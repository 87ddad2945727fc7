-- Where its click came from, as the click log says; NULL: it does not. Written when the conversion is
-- opened, and again by each import that says something else of the click. Reports tell conversions
-- apart by it, and need not look up the clicks.
ALTER TABLE conversions
    ADD COLUMN click_geo TEXT,
    ADD COLUMN click_sub_id_1 TEXT,
    ADD COLUMN click_sub_id_2 TEXT;

UPDATE conversions AS v
SET click_geo = c.geo, click_sub_id_1 = c.sub_id_1, click_sub_id_2 = c.sub_id_2
FROM clicks AS c
WHERE c.clickid = v.clickid
    AND (c.geo IS NOT NULL OR c.sub_id_1 IS NOT NULL OR c.sub_id_2 IS NOT NULL);
