-- How a test would appear, as JSON; NULL: the delivery is a live one. Of a test there is nothing but
-- this row: no content, conversion, flag or line of money. Never changes.
ALTER TABLE deliveries ADD COLUMN test TEXT;

-- The earlier tests of a click, by which the next one is decided. Live deliveries are not in it.
CREATE INDEX deliveries_tests ON deliveries (clickid, partner, id) WHERE test IS NOT NULL;
