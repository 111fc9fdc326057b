-- +goose Up
-- returns: that somebody kept what Homeward says of a child against a return. It
-- rests on both values, by keyed hash, and is asked again when either changes.
CREATE TABLE return_decision (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    fact TEXT NOT NULL,
    rests_on TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_by_name TEXT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_code, child_id, fact),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);
-- How many children a return was taken in without, since they could be no record,
-- and who they are and why, sealed.
ALTER TABLE return_reading ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0;
ALTER TABLE return_reading ADD COLUMN set_aside_sealed BYTEA;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
