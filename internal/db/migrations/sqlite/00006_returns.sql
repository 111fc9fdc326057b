-- +goose Up
-- A statutory return as it was given: its files, sealed, since they tell of every
-- child the council looks after.
CREATE TABLE return_reading (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    reading_id TEXT NOT NULL UNIQUE,
    year INTEGER NOT NULL,
    state TEXT NOT NULL,
    rows_read BIGINT NOT NULL,
    children BIGINT NOT NULL,
    read_by TEXT NOT NULL,
    read_by_name TEXT NOT NULL,
    read_at TIMESTAMPTZ NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, reading_id)
);
CREATE TABLE return_file (
    agency_code TEXT NOT NULL,
    reading_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (agency_code, reading_id, n),
    FOREIGN KEY (agency_code, reading_id) REFERENCES return_reading (agency_code, reading_id)
);
-- What a return last said of a child's record, so that what has changed in the
-- return is told from what somebody has changed in Homeward.
CREATE TABLE return_fact (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    taken_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_code, child_id, field),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);
-- A finding somebody has checked and found to be true. It rests on what the row
-- said, by keyed hash, and ends by itself when that changes.
CREATE TABLE return_mark (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    mark_id TEXT NOT NULL UNIQUE,
    year INTEGER NOT NULL,
    rule TEXT NOT NULL,
    table_name TEXT NOT NULL,
    rests_on TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_by_name TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    ended_by TEXT NOT NULL,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, mark_id)
);
-- How many children left care in a year, as the return of that year says: the
-- scorecard's A4 is a part of them.
CREATE TABLE return_leavers (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    year INTEGER NOT NULL,
    children INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (agency_code, year)
);
-- A file is kept as it was given.
-- +goose StatementBegin
CREATE TRIGGER return_file_update BEFORE UPDATE ON return_file
BEGIN SELECT RAISE(ABORT, 'return_file takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER return_file_delete BEFORE DELETE ON return_file
BEGIN SELECT RAISE(ABORT, 'return_file takes new rows only'); END;
-- +goose StatementEnd

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
