-- +goose Up
-- link: what a meeting said of a pair in the region's plan: to be kept together, or
-- apart. It plans and decides nothing.
CREATE TABLE plan_pair (
    child_agency TEXT NOT NULL,
    pair_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    family_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_by_name TEXT NOT NULL,
    made_on DATE NOT NULL,
    ended_on DATE,
    PRIMARY KEY (child_agency, pair_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id),
    FOREIGN KEY (family_agency, family_id) REFERENCES family (agency_code, family_id)
);
CREATE INDEX plan_pair_family ON plan_pair (family_agency, family_id);
-- One thing is said of a pair at a time.
CREATE UNIQUE INDEX plan_pair_open ON plan_pair (child_agency, child_id, family_agency, family_id) WHERE ended_on IS NULL;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
