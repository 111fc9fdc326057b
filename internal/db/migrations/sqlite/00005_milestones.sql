-- +goose Up
-- What happened to a child and to a family, and when: what the scorecard and the
-- returns count. A day is a fact with where it comes from.

-- child
CREATE TABLE child_milestone (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    what TEXT NOT NULL,
    day DATE NOT NULL,
    detail TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (agency_code, child_id, what, day),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);

-- adopter
CREATE TABLE family_milestone (
    agency_code TEXT NOT NULL,
    family_id TEXT NOT NULL,
    what TEXT NOT NULL,
    day DATE NOT NULL,
    detail TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (agency_code, family_id, what, day),
    FOREIGN KEY (agency_code, family_id) REFERENCES family (agency_code, family_id)
);

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
