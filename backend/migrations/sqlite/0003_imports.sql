-- How far each click log was imported, written with each chunk: an import that was broken off goes
-- on from here.
CREATE TABLE imports (
    name   TEXT    NOT NULL PRIMARY KEY, -- the file's path, or the name the import was given
    lines  INTEGER NOT NULL, -- lines done, a CSV's header included
    bytes  INTEGER NOT NULL, -- up to the end of the last of them
    digest BLOB    NOT NULL, -- SHA-256 over the format's name and these bytes: is it still the same?
    imported_at INTEGER NOT NULL -- when it came this far
) STRICT, WITHOUT ROWID;
