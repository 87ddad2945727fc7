-- What is found by a click: the contents that were sent for it and the conversions opened for it, in
-- one tree, so that a delivery touches one page of it where it touched one in each of two. Click ids
-- come in no order, and a page that a delivery touches alone is most of what it costs.
CREATE TABLE known (
    clickid   TEXT    NOT NULL,
    partner   TEXT    NOT NULL, -- who reports the conversion; empty for a content
    name      BLOB    NOT NULL, -- the conversion's identity, as text; the content's fingerprint
    number    INTEGER NOT NULL, -- the conversion's ordinal; 1 for a content that was refused, else 0
    id        BLOB    NOT NULL, -- the conversion; the first delivery of the content
    verdict    TEXT,            -- of a content: what became of it
    conversion BLOB,            -- of a duplicate: the conversion it told nothing new of
    opened_as  TEXT,            -- and what that one's delivery was answered
    PRIMARY KEY (clickid, partner, name, number)
) STRICT, WITHOUT ROWID;

INSERT INTO known (clickid, partner, name, number, id, verdict, conversion, opened_as)
SELECT clickid, '', fingerprint, refused, delivery, verdict, conversion, opened_as FROM contents
UNION ALL
SELECT clickid, partner, CAST(identity AS BLOB), ordinal, id, NULL, NULL, NULL FROM conversions
ORDER BY 1, 2, 3, 4;

DROP TABLE contents;

CREATE TABLE conversions_in_order (
    id             BLOB    NOT NULL PRIMARY KEY, -- the delivery that opened it; never changes
    clickid        TEXT    NOT NULL, -- never changes, like all columns without another word
    partner        TEXT    NOT NULL, -- who reports it
    identity       TEXT    NOT NULL, -- its name inside the click: ftd, redeposit/transaction/T-1, …
    ordinal        INTEGER NOT NULL, -- 0; counts on where only content names it and it came again
    event          TEXT    NOT NULL CHECK (event IN
        ('registration', 'ftd', 'redeposit', 'lead', 'cashout', 'rejected')),
    status         TEXT    NOT NULL  -- changes with each row in changes
        CHECK (status IN ('approved', 'pending', 'rejected')),
    amount_minor   INTEGER,          -- changes with each row in changes; NULL: no amount given
    currency       TEXT,             -- changes with amount_minor
    geo            TEXT,             -- as in the delivery that opened it, down to reason
    sub_id_1       TEXT,
    sub_id_2       TEXT,
    payment_method TEXT,
    transaction_id TEXT,
    reason         TEXT,
    occurred_at    INTEGER NOT NULL, -- the event's timestamp, else when it was received
    opened_as      TEXT    NOT NULL CHECK (opened_as IN ('accepted', 'flagged')), -- first answer
    opened_at      INTEGER NOT NULL, -- when the delivery that opened it was received
    changed_at     INTEGER,          -- when it last changed; NULL: never
    revision       INTEGER NOT NULL DEFAULT 0, -- counts its changes of any column
    blocking_flags INTEGER NOT NULL DEFAULT 0, -- while there are any, it earns nothing
    terms          TEXT,             -- the version it is paid by, once settled
    CHECK ((amount_minor IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO conversions_in_order (id, clickid, partner, identity, ordinal, event, status,
    amount_minor, currency, geo, sub_id_1, sub_id_2, payment_method, transaction_id, reason,
    occurred_at, opened_as, opened_at, changed_at, revision, blocking_flags, terms)
SELECT id, clickid, partner, identity, ordinal, event, status, amount_minor, currency, geo, sub_id_1,
    sub_id_2, payment_method, transaction_id, reason, occurred_at, opened_as, opened_at, changed_at,
    revision, blocking_flags, terms
FROM conversions
ORDER BY id;

DROP TABLE conversions;
ALTER TABLE conversions_in_order RENAME TO conversions;
CREATE INDEX conversions_by_time ON conversions (occurred_at);
CREATE INDEX conversions_by_partner ON conversions (partner, id);

-- Which conversions a click has, by whatever way the store finds them.
CREATE VIEW click_conversions AS SELECT clickid, id FROM known WHERE partner <> '';
