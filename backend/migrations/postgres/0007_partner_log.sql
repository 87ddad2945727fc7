-- The delivery log of a partner, live deliveries and tests apart: each delivery stands in one of the
-- two, so the latest live ones are found however many tests lie behind them, and a delivery costs no
-- more than before.
CREATE INDEX deliveries_live ON deliveries (partner, id) WHERE test IS NULL;
CREATE INDEX deliveries_tests_by_partner ON deliveries (partner, id) WHERE test IS NOT NULL;
DROP INDEX deliveries_by_partner;
