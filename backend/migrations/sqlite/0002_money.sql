-- Money, decisions, and the two layers of dedup apart.

-- The first delivery of each content. It outlives the delivery itself, so that a retry is answered
-- as the first time however late it comes.
CREATE TABLE contents (
    clickid     TEXT    NOT NULL, -- as in deliveries
    fingerprint BLOB    NOT NULL, -- as in deliveries
    refused     INTEGER NOT NULL, -- 1: invalid or quarantined; 0: booked. There may be one of each
    delivery    BLOB    NOT NULL, -- the first delivery of this content
    verdict     TEXT    NOT NULL, -- what became of it
    conversion  BLOB,             -- of a duplicate: the conversion it told nothing new of
    opened_as   TEXT,             -- and what that one's delivery was answered
    PRIMARY KEY (clickid, fingerprint, refused)
) STRICT, WITHOUT ROWID;

INSERT INTO contents (clickid, fingerprint, refused, delivery, verdict, conversion, opened_as)
SELECT d.clickid, d.fingerprint, d.verdict IN ('invalid', 'quarantined'), d.id, d.verdict, c.id,
    c.opened_as
FROM deliveries AS d
LEFT JOIN conversions AS c
    ON d.verdict = 'duplicate' AND c.clickid = d.clickid AND c.id = d.conversion
WHERE d.repeat_of IS NULL;

DROP INDEX deliveries_first;

-- The delivery log of a partner.
CREATE INDEX deliveries_by_partner ON deliveries (partner, id);

-- Counts the conversion's changes of any column; whoever changes it names the one it has seen.
ALTER TABLE conversions ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- Open flags of the delivery that opened it. While there are any, it earns nothing.
ALTER TABLE conversions ADD COLUMN blocking_flags INTEGER NOT NULL DEFAULT 0;
-- The version of the terms it is paid by, frozen when it is first settled; NULL: not yet.
ALTER TABLE conversions ADD COLUMN terms TEXT;
CREATE INDEX conversions_by_id ON conversions (id);            -- lists, newest first; explain
CREATE INDEX conversions_by_time ON conversions (occurred_at); -- the funnel

CREATE INDEX clicks_by_time ON clicks (clicked_at);

-- The conversion's revision after this change: their order, whatever clocks say.
ALTER TABLE changes ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- The decision that made the change, about a flag of the delivery; NULL: the delivery itself did.
ALTER TABLE changes ADD COLUMN decision BLOB;

UPDATE changes AS c SET revision = (
    SELECT count(*) FROM changes AS b
    WHERE b.clickid = c.clickid AND b.conversion = c.conversion AND b.delivery <= c.delivery);
UPDATE conversions AS c SET
    revision = (SELECT count(*) FROM changes AS b
        WHERE b.clickid = c.clickid AND b.conversion = c.id),
    blocking_flags = (SELECT count(*) FROM flags AS f
        WHERE f.clickid = c.clickid AND f.conversion = c.id AND f.delivery = c.id);

-- 0 once a decision answers it: the only thing of a flag that ever changes.
ALTER TABLE flags ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
-- What the delivery reported, as JSON, so that a decision needs nothing else. NULL: the flag is
-- about the opening of the conversion, or older than this column.
ALTER TABLE flags ADD COLUMN reported TEXT;
CREATE INDEX flags_waiting ON flags (delivery, reason) WHERE open = 1; -- the review queue, by age
CREATE INDEX flags_by_reason ON flags (reason, delivery) WHERE open = 1; -- and for one reason
CREATE INDEX flags_without_click ON flags (clickid) WHERE open = 1 AND reason = 'unknown_click';

-- The answer to a flag, appended: a person's, or the click log's.
CREATE TABLE decisions (
    clickid    TEXT    NOT NULL,
    conversion BLOB    NOT NULL, -- the flag: these three and clickid name it
    delivery   BLOB    NOT NULL,
    reason     TEXT    NOT NULL,
    id         BLOB    NOT NULL, -- UUIDv7 of the decision; flags closed with another one share it
    decided_at INTEGER NOT NULL,
    outcome    TEXT    NOT NULL CHECK (outcome IN ('approved', 'rejected', 'healed', 'closed')),
    decided_by TEXT    NOT NULL, -- a person's name, or "click log"
    note       TEXT    NOT NULL, -- why; empty where nothing was said
    PRIMARY KEY (clickid, conversion, delivery, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_by_id ON decisions (id);             -- lists, newest first
CREATE INDEX decisions_by_delivery ON decisions (delivery); -- who answered this flag

-- The lines of money, appended. What a conversion has earned is the sum of its lines.
CREATE TABLE payouts (
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
    PRIMARY KEY (clickid, conversion, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX payouts_by_partner ON payouts (partner, booked_at);

-- Each version of a partner's terms that something was settled by, with its text.
CREATE TABLE terms (
    partner  TEXT    NOT NULL,
    version  TEXT    NOT NULL, -- names the content
    body     TEXT    NOT NULL, -- JSON
    first_at INTEGER NOT NULL, -- when something was first settled by it
    PRIMARY KEY (partner, version)
) STRICT, WITHOUT ROWID;

-- How many conversions CPA was paid for, where terms have a cap. It only grows.
CREATE TABLE caps (
    partner TEXT    NOT NULL,
    period  TEXT    NOT NULL, -- of occurred_at in UTC: a day, 2026-01-31, or a month, 2026-01
    used    INTEGER NOT NULL,
    PRIMARY KEY (partner, period)
) STRICT, WITHOUT ROWID;
