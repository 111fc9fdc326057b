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

-- What happened to a child tells who they are: own, finding, glass. What both
-- sides of an ask agreed to tell opens the first name and not this.
SELECT guard_rows('{child_milestone}',
    $$agency_code = ANY ((SELECT reach('identity'))::TEXT[]) OR child_id IN (SELECT unnest(opened_records('child')))$$,
    $$agency_code = ANY ((SELECT reach('change_child'))::TEXT[])$$);
-- A family's way to approval is its own agency's, like where it lives, and never
-- the engine's: own, recruiting, glass, ownFamily.
SELECT guard_rows('{family_milestone}',
    $$agency_code = ANY ((SELECT reach('family_places'))::TEXT[]) OR family_id IN (SELECT unnest(opened_records('family'))) OR family_id = ANY ((SELECT own_family())::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('change_family'))::TEXT[])$$);
-- Of a restricted record it is there for those it names and for open glass.
CREATE POLICY restricted ON child_milestone AS RESTRICTIVE
    USING ((SELECT acting_as('operator')) OR child_id NOT IN (SELECT unnest(closed_records())));
CREATE POLICY restricted ON family_milestone AS RESTRICTIVE
    USING ((SELECT acting_as('operator')) OR family_id NOT IN (SELECT unnest(closed_records())));
GRANT SELECT, INSERT, UPDATE, DELETE ON child_milestone, family_milestone TO homeward_app;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
