-- All decisions, newest first, and those of one person.
CREATE INDEX decisions_by_id ON decisions (id, delivery, reason);
CREATE INDEX decisions_by_person ON decisions (decided_by, id, delivery, reason);
