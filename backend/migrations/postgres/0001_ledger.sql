-- The ledger. It only grows: deliveries, changes, flags, decisions and payouts are appended and
-- never altered; a conversion's current state is kept beside its history and changes in the same
-- transaction.
--
-- Business keys lead with clickid, so that the same schema can be spread by clickid. They compare by
-- bytes (COLLATE "C"), as in SQLite: faster, and in one order everywhere.
-- Ids are UUIDv7: they sort by the time of receipt, and new ones land at the end.
-- Times are unix seconds. Money is a whole number of the currency's smallest unit.
-- There are no foreign keys: the rows of one delivery are written by one statement list in one
-- transaction, and a check per row would cost more than it finds.

-- The click log, as imported. A later import may fill in what an earlier one left open.
CREATE TABLE clicks (
    clickid    TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- as in the tracking link; never changes
    partner    TEXT COLLATE "C", -- to whom the visitor was sent; NULL: the log does not say
    clicked_at BIGINT, -- when the visitor clicked; NULL: the log does not say
    cost_minor    BIGINT, -- what the click cost; NULL: the log does not say
    cost_currency TEXT,   -- in which currency
    geo        TEXT,   -- the visitor's country, two letters
    sub_id_1   TEXT,   -- of the tracking link
    sub_id_2   TEXT    -- of the tracking link
);
CREATE INDEX clicks_by_time ON clicks (clicked_at);

-- One row for each verified delivery, repeats and invalid ones too. Never changes. A partition holds
-- one month and is dropped as a whole when nobody needs its raw requests any more; what has no
-- partition yet goes into the last one and is moved when it gets one.
CREATE TABLE deliveries (
    id           UUID   NOT NULL, -- the id in the answer
    clickid      TEXT   NOT NULL, -- as sent; empty where the delivery names none
    fingerprint  BYTEA  NOT NULL, -- SHA-256 over partner and decoded fields without sign; of an event
                                  -- without transaction id and timestamp also the request id
    repeat_of    UUID,            -- the first delivery of the same content; NULL: this is the first
    received_at  BIGINT NOT NULL, -- when the backend read it
    partner      TEXT COLLATE "C" NOT NULL, -- who sent it, as the edge verified
    key_id       TEXT   NOT NULL, -- which of the partner's secrets signed it
    form         TEXT   NOT NULL, -- the canonical form the signature matched
    address      TEXT   NOT NULL, -- the sender's IP address, as the edge saw it
    request_id   TEXT   NOT NULL, -- as in the edge's log; empty where the edge gave none
    method       TEXT   NOT NULL CHECK (method IN ('GET', 'POST')),
    content_type TEXT,            -- the header as sent; NULL: none
    query        BYTEA  NOT NULL, -- the raw query; empty where there is none
    body         BYTEA  NOT NULL, -- the raw body; empty for GET
    verdict      TEXT   NOT NULL CHECK (verdict IN
        ('accepted', 'duplicate', 'updated', 'flagged', 'quarantined', 'invalid')),
    conversion   UUID,            -- the conversion it is about (conversions.id); NULL: none
    flags        TEXT,            -- JSON list of the flags it raised; NULL: none
    warnings     TEXT,            -- JSON list of the warnings in the answer; NULL: none
    errors       TEXT,            -- JSON list of what is wrong or doubtful in fields; NULL: nothing
    PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX deliveries_by_partner ON deliveries (partner, id); -- the delivery log of a partner
CREATE TABLE deliveries_without_month PARTITION OF deliveries DEFAULT;

-- The first delivery of each content. It outlives the delivery itself, so that a retry is answered
-- as the first time however late it comes.
CREATE TABLE contents (
    clickid     TEXT COLLATE "C" NOT NULL, -- as in deliveries
    fingerprint BYTEA   NOT NULL, -- as in deliveries
    refused     BOOLEAN NOT NULL, -- invalid or quarantined, else booked. There may be one of each
    delivery    UUID    NOT NULL, -- the first delivery of this content
    verdict     TEXT    NOT NULL, -- what became of it
    conversion  UUID,             -- of a duplicate: the conversion it told nothing new of
    opened_as   TEXT,             -- and what that one's delivery was answered
    PRIMARY KEY (clickid, fingerprint, refused)
);

-- One row for each fact a partner reports: the current state.
CREATE TABLE conversions (
    id             UUID   NOT NULL, -- the delivery that opened it; never changes
    clickid        TEXT COLLATE "C" NOT NULL, -- never changes, like all columns without another word
    partner        TEXT COLLATE "C" NOT NULL, -- who reports it
    identity       TEXT COLLATE "C" NOT NULL, -- its name inside the click: ftd, redeposit/transaction/T-1, …
    ordinal        BIGINT NOT NULL, -- 0; counts on where only content names it and it came again
    event          TEXT   NOT NULL CHECK (event IN
        ('registration', 'ftd', 'redeposit', 'lead', 'cashout', 'rejected')),
    status         TEXT   NOT NULL  -- changes with each row in changes
        CHECK (status IN ('approved', 'pending', 'rejected')),
    amount_minor   BIGINT,          -- changes with each row in changes; NULL: no amount given
    currency       TEXT,            -- changes with amount_minor
    geo            TEXT,            -- as in the delivery that opened it, down to reason
    sub_id_1       TEXT,
    sub_id_2       TEXT,
    payment_method TEXT,
    transaction_id TEXT,
    reason         TEXT,
    occurred_at    BIGINT NOT NULL, -- the event's timestamp, else when it was received
    opened_as      TEXT   NOT NULL CHECK (opened_as IN ('accepted', 'flagged')), -- first answer
    opened_at      BIGINT NOT NULL, -- when the delivery that opened it was received
    changed_at     BIGINT,          -- when it last changed; NULL: never
    revision       BIGINT NOT NULL DEFAULT 0, -- counts its changes of any column; whoever changes it
                                              -- names the one it has seen
    blocking_flags BIGINT NOT NULL DEFAULT 0, -- open flags of the delivery that opened it. While
                                              -- there are any, it earns nothing
    terms          TEXT,            -- the version of the terms it is paid by, frozen when it is first
                                    -- settled; NULL: not yet
    CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    PRIMARY KEY (clickid, partner, identity, ordinal)
);
CREATE INDEX conversions_by_id ON conversions (id);            -- lists, newest first; explain
CREATE INDEX conversions_by_time ON conversions (occurred_at); -- the funnel

-- Each move of a conversion, appended. The first row's from_ columns tell how it was opened.
CREATE TABLE changes (
    clickid           TEXT COLLATE "C" NOT NULL,
    conversion        UUID   NOT NULL, -- conversions.id
    delivery          UUID   NOT NULL, -- the delivery that made the change
    decision          UUID,            -- the decision that made it, about a flag of the delivery;
                                       -- NULL: the delivery itself did
    changed_at        BIGINT NOT NULL, -- when that delivery was received
    from_status       TEXT   NOT NULL,
    from_amount_minor BIGINT,
    from_currency     TEXT,
    to_status         TEXT   NOT NULL,
    to_amount_minor   BIGINT,
    to_currency       TEXT,
    revision          BIGINT NOT NULL DEFAULT 0, -- the conversion's after this change: their order,
                                                 -- whatever clocks say
    reason            TEXT,            -- the partner's reason, where it gave one
    PRIMARY KEY (clickid, conversion, delivery)
);

-- Each reason for a manual review, appended when a delivery raises it.
CREATE TABLE flags (
    clickid    TEXT COLLATE "C" NOT NULL,
    conversion UUID    NOT NULL, -- the conversion to look at (conversions.id)
    delivery   UUID    NOT NULL, -- the delivery that raised it
    reason     TEXT COLLATE "C" NOT NULL, -- unknown_click, foreign_click, double_ftd, …
    raised_at  BIGINT  NOT NULL, -- when that delivery was received
    open       BOOLEAN NOT NULL DEFAULT true, -- false once a decision answers it: the only thing of a
                                              -- flag that ever changes
    reported   TEXT,             -- what the delivery reported, as JSON, so that a decision needs nothing
                                 -- else; NULL: the flag is about the opening of the conversion
    PRIMARY KEY (clickid, conversion, delivery, reason)
);
CREATE INDEX flags_waiting ON flags (delivery, reason) WHERE open; -- the review queue, by age
CREATE INDEX flags_by_reason ON flags (reason, delivery) WHERE open; -- and for one reason
CREATE INDEX flags_without_click ON flags (clickid) WHERE open AND reason = 'unknown_click';

-- The answer to a flag, appended: a person's, or the click log's.
CREATE TABLE decisions (
    clickid    TEXT COLLATE "C" NOT NULL,
    conversion UUID   NOT NULL, -- the flag: these three and clickid name it
    delivery   UUID   NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    id         UUID   NOT NULL, -- UUIDv7 of the decision; flags closed with another one share it
    decided_at BIGINT NOT NULL,
    outcome    TEXT   NOT NULL CHECK (outcome IN ('approved', 'rejected', 'healed', 'closed')),
    decided_by TEXT   NOT NULL, -- a person's name, or "click log"
    note       TEXT   NOT NULL, -- why; empty where nothing was said
    PRIMARY KEY (clickid, conversion, delivery, reason)
);

-- The lines of money, appended. What a conversion has earned is the sum of its lines.
CREATE TABLE payouts (
    clickid      TEXT COLLATE "C" NOT NULL,
    conversion   UUID   NOT NULL,
    number       BIGINT NOT NULL, -- 0, 1, … inside the conversion
    partner      TEXT COLLATE "C" NOT NULL, -- to whom it is owed
    kind         TEXT   NOT NULL CHECK (kind IN ('cpa', 'revshare')),
    step         TEXT   NOT NULL CHECK (step IN ('booked', 'adjusted', 'clawed_back')),
    amount_minor BIGINT NOT NULL, -- signed; 0 where a rule said no
    currency     TEXT   NOT NULL,
    terms        TEXT   NOT NULL, -- the version it is computed by
    rule         TEXT   NOT NULL, -- why this amount, in plain words
    delivery     UUID,            -- what caused it: a delivery …
    decision     UUID,            -- … or a decision
    earned_at    BIGINT NOT NULL, -- the conversion's occurred_at
    booked_at    BIGINT NOT NULL, -- when the line was written
    due_at       BIGINT NOT NULL, -- from when on it may be paid out
    PRIMARY KEY (clickid, conversion, number)
);
CREATE INDEX payouts_by_partner ON payouts (partner, booked_at);

-- Each version of a partner's terms that something was settled by, with its text.
CREATE TABLE terms (
    partner  TEXT COLLATE "C" NOT NULL,
    version  TEXT COLLATE "C" NOT NULL, -- names the content
    body     TEXT   NOT NULL, -- JSON
    first_at BIGINT NOT NULL, -- when something was first settled by it
    PRIMARY KEY (partner, version)
);

-- How many conversions CPA was paid for, where terms have a cap. It only grows.
CREATE TABLE caps (
    partner TEXT COLLATE "C" NOT NULL,
    period  TEXT COLLATE "C" NOT NULL, -- of occurred_at in UTC: a day, 2026-01-31, or a month, 2026-01
    used    BIGINT NOT NULL,
    PRIMARY KEY (partner, period)
);

-- How far each click log was imported, written with each chunk: an import that was broken off goes
-- on from here.
CREATE TABLE imports (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- the file's path, or the name the import was given
    lines  BIGINT NOT NULL, -- lines done, a CSV's header included
    bytes  BIGINT NOT NULL, -- up to the end of the last of them
    digest BYTEA  NOT NULL, -- SHA-256 over the format's name and these bytes: is it still the same?
    imported_at BIGINT NOT NULL -- when it came this far
);

-- Written and emptied again by the readiness check; always empty outside of it.
CREATE TABLE probes (
    at BIGINT NOT NULL
);
