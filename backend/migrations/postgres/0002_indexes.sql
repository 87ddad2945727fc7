-- Who answered this flag.
CREATE INDEX decisions_by_delivery ON decisions (delivery, reason);

-- The conversions of a partner, newest first.
CREATE INDEX conversions_by_partner ON conversions (partner, id);
