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

-- Whoever makes a council's return sees its children; numbers are shared by
-- agreement. The rest of reach stands as it was.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION reach(use TEXT) RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE(recall('reach_' || use), keep('reach_' || use, ARRAY(
        SELECT t.agency
        FROM (VALUES
            -- what children need (Child, Profile)
            ('profile', 'own', '{home_finder,permanence_worker,adopter_worker,manager,data_officer}'),
            ('profile', 'home_finding', '{home_finder,manager}'),
            ('profile', 'child_profiles', '{home_finder,adopter_worker,manager}'),
            -- who and where they are (Child, View; ChildLocations)
            ('identity', 'own', '{home_finder,permanence_worker,manager,data_officer}'),
            ('identity', 'home_finding', '{home_finder,manager}'),
            ('change_child', 'own', '{home_finder,permanence_worker,manager}'),
            -- what families can offer (Family, View)
            ('family', 'own', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('family', 'recruitment', '{adopter_worker,manager}'),
            ('family', 'family_profiles', '{home_finder,permanence_worker,manager}'),
            ('family', 'home_finding', '{home_finder,permanence_worker,manager}'),
            -- where they live (FamilyPlaces)
            ('family_places', 'own', '{home_finder,adopter_worker,manager}'),
            ('family_places', 'recruitment', '{adopter_worker,manager}'),
            ('change_family', 'own', '{home_finder,adopter_worker,manager}'),
            ('change_family', 'recruitment', '{adopter_worker,manager}'),
            -- asks on the child's side and on the family's: seen, made, answered
            ('asks_out', 'own', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('asks_out', 'home_finding', '{home_finder,manager}'),
            ('make_ask', 'own', '{home_finder,permanence_worker,manager}'),
            ('make_ask', 'home_finding', '{home_finder,manager}'),
            ('asks_in', 'own', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('asks_in', 'recruitment', '{home_finder,adopter_worker,manager}'),
            ('answer', 'own', '{home_finder,adopter_worker,manager}'),
            ('answer', 'recruitment', '{home_finder,adopter_worker,manager}'),
            ('waive', 'own', '{manager}'),
            -- those who keep an agency's house
            ('staff', 'own', '{administrator}'),
            ('agreements', 'own', '{information_lead}'),
            ('restricted', 'own', '{home_finder,permanence_worker,adopter_worker,manager,administrator,information_lead,data_officer}'),
            ('restricted', 'child_profiles', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('restricted', 'family_profiles', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('restricted', 'home_finding', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('restricted', 'recruitment', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('named', 'own', '{manager,information_lead,administrator}'),
            ('restrict', 'own', '{manager}'),
            ('review', 'own', '{information_lead}'),
            -- statutory returns (Return) and numbers (Figures)
            ('returns', 'own', '{manager,data_officer}'),
            ('figures', 'own', '{manager,data_officer,home_finder,permanence_worker,adopter_worker}'),
            ('figures', 'home_finding', '{manager,data_officer}'),
            ('figures', 'figures', '{manager,data_officer}')
        ) AS opens (use, tie, roles)
        JOIN ties() t ON t.tie = opens.tie
        WHERE opens.use = reach.use AND acting('role') = ANY (opens.roles::TEXT[])
        AND (t.tie IN ('own', 'child_profiles', 'recruitment')
            OR NOT EXISTS (SELECT 1 FROM agency a WHERE a.agency_code = acting('agency') AND a.kind = 'VAA')))));
END
$$;
-- +goose StatementEnd

-- Returns are the own agency's, for those who answer for them.
SELECT guard_rows('{return_reading,return_file,return_fact,return_mark}',
    $$agency_code = ANY ((SELECT reach('returns'))::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('returns'))::TEXT[])$$);
-- How many left care is a number.
SELECT guard_rows('{return_leavers}',
    $$agency_code = ANY ((SELECT reach('figures'))::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('returns'))::TEXT[])$$);
-- Of a restricted record it is there for those it names and for open glass.
CREATE POLICY restricted ON return_fact AS RESTRICTIVE
    USING ((SELECT acting_as('operator')) OR child_id NOT IN (SELECT unnest(closed_records())));
-- Taking a return in writes what it says of who children are and what happened to
-- them, and nothing else of theirs.
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
    may CONSTANT TEXT := '((SELECT acting_as(''operator'')) OR agency_code = ANY ((SELECT reach(''change_child''))::TEXT[]) OR agency_code = ANY ((SELECT reach(''returns''))::TEXT[]))';
BEGIN
    FOREACH t IN ARRAY '{child,child_identity,child_place,child_milestone}'::TEXT[] LOOP
        EXECUTE format('ALTER POLICY adding ON %I WITH CHECK %s', t, may);
        EXECUTE format('ALTER POLICY changing ON %I USING %s', t, may);
        EXECUTE format('ALTER POLICY taking_away ON %I USING %s', t, may);
    END LOOP;
END
$$;
-- +goose StatementEnd
GRANT SELECT, INSERT ON return_file TO homeward_app;
GRANT SELECT, INSERT, UPDATE ON return_reading, return_mark, return_leavers TO homeward_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON return_fact TO homeward_app;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
