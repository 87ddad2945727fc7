-- The lines of money in the order in which they are booked: ids of conversions lead with the time, so
-- new lines land at the end. By clickid each landed on a page of its own, which was half of what a
-- delivery cost. A click's lines are found by its conversions.
CREATE TABLE payouts_in_order (
    clickid      TEXT    NOT NULL,
    conversion   BLOB    NOT NULL,
    number       INTEGER NOT NULL, -- 0, 1, … inside the conversion
    partner      TEXT    NOT NULL, -- to whom it is owed
    kind         TEXT    NOT NULL CHECK (kind IN ('cpa', 'revshare')),
    step         TEXT    NOT NULL CHECK (step IN ('booked', 'adjusted', 'clawed_back')),
    amount_minor INTEGER NOT NULL, -- signed; 0 where a rule said no
    currency     TEXT    NOT NULL,
    terms        TEXT    NOT NULL, -- the version it is computed by
    rule         TEXT    NOT NULL, -- why this amount, in plain words
    delivery     BLOB,             -- what caused it: a delivery …
    decision     BLOB,             -- … or a decision
    earned_at    INTEGER NOT NULL, -- the conversion's occurred_at
    booked_at    INTEGER NOT NULL, -- when the line was written
    due_at       INTEGER NOT NULL, -- from when on it may be paid out
    PRIMARY KEY (conversion, number)
) STRICT, WITHOUT ROWID;

INSERT INTO payouts_in_order (clickid, conversion, number, partner, kind, step, amount_minor,
    currency, terms, rule, delivery, decision, earned_at, booked_at, due_at)
SELECT clickid, conversion, number, partner, kind, step, amount_minor, currency, terms, rule,
    delivery, decision, earned_at, booked_at, due_at
FROM payouts
ORDER BY conversion, number;

DROP TABLE payouts;
ALTER TABLE payouts_in_order RENAME TO payouts;
CREATE INDEX payouts_by_partner ON payouts (partner, booked_at);
