-- A flag may be answered more than once: what undoes an answer is an answer itself, and opens the
-- flag again.
CREATE TABLE decisions_in_turn (
    clickid    TEXT    NOT NULL,
    conversion BLOB    NOT NULL, -- the flag: these three and clickid name it
    delivery   BLOB    NOT NULL,
    reason     TEXT    NOT NULL,
    number     INTEGER NOT NULL, -- 0, 1, … of this flag: the order of its answers, whatever clocks say
    id         BLOB    NOT NULL, -- UUIDv7 of the decision; flags answered with another one share it
    decided_at INTEGER NOT NULL,
    outcome    TEXT    NOT NULL
        CHECK (outcome IN ('approved', 'rejected', 'healed', 'closed', 'undone')),
    decided_by TEXT    NOT NULL, -- a person's name, or "click log"
    note       TEXT    NOT NULL, -- why; empty where nothing was said
    PRIMARY KEY (clickid, conversion, delivery, reason, number)
) STRICT, WITHOUT ROWID;

INSERT INTO decisions_in_turn (clickid, conversion, delivery, reason, number, id, decided_at, outcome,
    decided_by, note)
SELECT clickid, conversion, delivery, reason, 0, id, decided_at, outcome, decided_by, note
FROM decisions
ORDER BY clickid, conversion, delivery, reason;

DROP TABLE decisions;
ALTER TABLE decisions_in_turn RENAME TO decisions;
CREATE INDEX decisions_by_delivery ON decisions (delivery, reason, number); -- who answered this flag
CREATE INDEX decisions_by_id ON decisions (id, delivery, reason); -- all of them, newest first
CREATE INDEX decisions_by_person ON decisions (decided_by, id, delivery, reason);

-- How many answers it has had: the number of the next one. Changes with each row in decisions, as
-- `open` does.
ALTER TABLE flags ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
UPDATE flags SET answers = 1 WHERE open = 0;

-- A flagged delivery may move its conversion more than once: each time its flag is approved.
CREATE TABLE changes_in_order (
    clickid           TEXT    NOT NULL,
    conversion        BLOB    NOT NULL, -- conversions.id
    revision          INTEGER NOT NULL, -- the conversion's after this change: their order, whatever
                                        -- clocks say
    delivery          BLOB    NOT NULL, -- the delivery that made the change, or whose flag was decided
    decision          BLOB,             -- the decision that made it; NULL: the delivery itself did
    undoes            INTEGER,          -- the change it takes back, by its revision; NULL: a move of
                                        -- its own
    changed_at        INTEGER NOT NULL, -- when that delivery was received, or the decision made
    from_status       TEXT    NOT NULL,
    from_amount_minor INTEGER,
    from_currency     TEXT,
    to_status         TEXT    NOT NULL,
    to_amount_minor   INTEGER,
    to_currency       TEXT,
    reason            TEXT,             -- the partner's reason, where it gave one
    PRIMARY KEY (clickid, conversion, revision)
) STRICT, WITHOUT ROWID;

INSERT INTO changes_in_order (clickid, conversion, revision, delivery, decision, changed_at,
    from_status, from_amount_minor, from_currency, to_status, to_amount_minor, to_currency, reason)
SELECT clickid, conversion, revision, delivery, decision, changed_at, from_status, from_amount_minor,
    from_currency, to_status, to_amount_minor, to_currency, reason
FROM changes
ORDER BY clickid, conversion, revision;

DROP TABLE changes;
ALTER TABLE changes_in_order RENAME TO changes;

-- What reported nothing new of a conversion, by whatever way the store finds it.
CREATE VIEW click_duplicates AS
    SELECT clickid, conversion, id AS delivery FROM known WHERE partner = '' AND verdict = 'duplicate';
