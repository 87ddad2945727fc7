-- No question is asked by it.
DROP INDEX decisions_by_id;

-- The conversions of a partner, newest first.
CREATE INDEX conversions_by_partner ON conversions (partner, id);
