-- The conversion's revision when the flag was raised: a move with a higher one came after the flag,
-- whatever clocks say. Flags that are older than this column know only their second.
ALTER TABLE flags ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

UPDATE flags AS f SET revision = coalesce((
    SELECT max(c.revision) FROM changes AS c
    WHERE c.clickid = f.clickid AND c.conversion = f.conversion AND c.changed_at <= f.raised_at), 0);
