-- The ledger. It only grows: deliveries, changes and flags are appended and never altered; a
-- conversion's current state is kept beside its history and changes in the same transaction.
--
-- Business keys lead with clickid, so that the same schema can be spread by clickid.
-- Ids are UUIDv7 as 16 bytes: they sort by the time of receipt, and new ones land at the end.
-- Times are unix seconds. Money is a whole number of the currency's smallest unit.
-- There are no foreign keys: the rows of one delivery are written by one statement list in one
-- transaction, and a check per row would cost more than it finds.

-- The click log, as imported. A later import may fill in what an earlier one left open.
CREATE TABLE clicks (
    clickid    TEXT NOT NULL PRIMARY KEY, -- as in the tracking link; never changes
    partner    TEXT,    -- to whom the visitor was sent; NULL: the log does not say
    clicked_at INTEGER, -- when the visitor clicked; NULL: the log does not say
    cost_minor    INTEGER, -- what the click cost; NULL: the log does not say
    cost_currency TEXT,    -- in which currency
    geo        TEXT,    -- the visitor's country, two letters
    sub_id_1   TEXT,    -- of the tracking link
    sub_id_2   TEXT     -- of the tracking link
) STRICT, WITHOUT ROWID;

-- One row for each verified delivery, repeats and invalid ones too. Never changes.
CREATE TABLE deliveries (
    id           BLOB    NOT NULL PRIMARY KEY, -- the id in the answer
    clickid      TEXT    NOT NULL, -- as sent; empty where the delivery names none
    fingerprint  BLOB    NOT NULL, -- SHA-256 over partner and decoded fields without sign; of an event
                                   -- without transaction id and timestamp also the request id
    repeat_of    BLOB,             -- the first delivery of the same content; NULL: this is the first
    received_at  INTEGER NOT NULL, -- when the backend read it
    partner      TEXT    NOT NULL, -- who sent it, as the edge verified
    key_id       TEXT    NOT NULL, -- which of the partner's secrets signed it
    form         TEXT    NOT NULL, -- the canonical form the signature matched
    address      TEXT    NOT NULL, -- the sender's IP address, as the edge saw it
    request_id   TEXT    NOT NULL, -- as in the edge's log; empty where the edge gave none
    method       TEXT    NOT NULL CHECK (method IN ('GET', 'POST')),
    content_type TEXT,             -- the header as sent; NULL: none
    query        BLOB    NOT NULL, -- the raw query; empty where there is none
    body         BLOB    NOT NULL, -- the raw body; empty for GET
    verdict      TEXT    NOT NULL CHECK (verdict IN
        ('accepted', 'duplicate', 'updated', 'flagged', 'quarantined', 'invalid')),
    conversion   BLOB,             -- the conversion it is about (conversions.id); NULL: none
    flags        TEXT,             -- JSON list of the flags it raised; NULL: none
    warnings     TEXT,             -- JSON list of the warnings in the answer; NULL: none
    errors       TEXT              -- JSON list of what is wrong or doubtful in fields; NULL: nothing
) STRICT;

-- Finds the first delivery of a content. There may be two: one that was refused, and one that could
-- be booked after a setting was put right.
CREATE UNIQUE INDEX deliveries_first ON deliveries
    (clickid, fingerprint, (verdict IN ('invalid', 'quarantined')))
    WHERE repeat_of IS NULL;

-- One row for each fact a partner reports: the current state.
CREATE TABLE conversions (
    id             BLOB    NOT NULL, -- the delivery that opened it; never changes
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
    CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    UNIQUE (clickid, partner, identity, ordinal)
) STRICT;

-- Each move of a conversion, appended. The first row's from_ columns tell how it was opened.
CREATE TABLE changes (
    clickid           TEXT    NOT NULL,
    conversion        BLOB    NOT NULL, -- conversions.id
    delivery          BLOB    NOT NULL, -- the delivery that made the change
    changed_at        INTEGER NOT NULL, -- when that delivery was received
    from_status       TEXT    NOT NULL,
    from_amount_minor INTEGER,
    from_currency     TEXT,
    to_status         TEXT    NOT NULL,
    to_amount_minor   INTEGER,
    to_currency       TEXT,
    reason            TEXT,             -- the partner's reason, where it gave one
    PRIMARY KEY (clickid, conversion, delivery)
) STRICT, WITHOUT ROWID;

-- Each reason for a manual review, appended when a delivery raises it.
CREATE TABLE flags (
    clickid    TEXT    NOT NULL,
    conversion BLOB    NOT NULL, -- the conversion to look at (conversions.id)
    delivery   BLOB    NOT NULL, -- the delivery that raised it
    reason     TEXT    NOT NULL, -- unknown_click, foreign_click, double_ftd, …
    raised_at  INTEGER NOT NULL, -- when that delivery was received
    PRIMARY KEY (clickid, conversion, delivery, reason)
) STRICT, WITHOUT ROWID;

-- Written and emptied again by the readiness check; always empty outside of it.
CREATE TABLE probes (
    at INTEGER NOT NULL
) STRICT;
