-- A flag may be answered more than once: what undoes an answer is an answer itself, and opens the
-- flag again. The number is 0, 1, … of its flag: the order of the answers, whatever clocks say.
ALTER TABLE decisions
    ADD COLUMN number BIGINT NOT NULL DEFAULT 0,
    DROP CONSTRAINT decisions_pkey,
    ADD PRIMARY KEY (clickid, conversion, delivery, reason, number),
    DROP CONSTRAINT decisions_outcome_check,
    ADD CONSTRAINT decisions_outcome_check
        CHECK (outcome IN ('approved', 'rejected', 'healed', 'closed', 'undone'));
ALTER TABLE decisions ALTER COLUMN number DROP DEFAULT;

DROP INDEX decisions_by_delivery;
CREATE INDEX decisions_by_delivery ON decisions (delivery, reason, number); -- who answered this flag

-- How many answers it has had: the number of the next one. Changes with each row in decisions, as
-- `open` does.
ALTER TABLE flags ADD COLUMN answers BIGINT NOT NULL DEFAULT 0;
UPDATE flags SET answers = 1 WHERE NOT open;

-- A flagged delivery may move its conversion more than once: each time its flag is approved. A change
-- that takes another one back names it by its revision; NULL: a move of its own.
ALTER TABLE changes
    ADD COLUMN undoes BIGINT,
    DROP CONSTRAINT changes_pkey,
    ADD PRIMARY KEY (clickid, conversion, revision);

-- What reported nothing new of a conversion, by whatever way the store finds it.
CREATE VIEW click_duplicates AS
    SELECT clickid, conversion, delivery FROM contents WHERE verdict = 'duplicate';
