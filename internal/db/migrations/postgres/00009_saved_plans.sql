-- +goose Up
-- link: the region's plan as it was saved, such as for a meeting, so that what
-- became of each suggestion can be followed. The agency that saved it keeps it; it
-- names children and families, of other agencies too, by reference alone.
CREATE TABLE plan_saved (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    plan_id TEXT NOT NULL,
    saved_on DATE NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    saved_by TEXT NOT NULL,
    saved_by_name TEXT NOT NULL,
    note TEXT NOT NULL,
    stretch BOOLEAN NOT NULL,
    priority INTEGER NOT NULL,
    pool TEXT NOT NULL,
    rules TEXT NOT NULL,
    group_count INTEGER NOT NULL,
    family_count INTEGER NOT NULL,
    link_count INTEGER NOT NULL,
    child_count INTEGER NOT NULL,
    most_links INTEGER NOT NULL,
    weight BIGINT NOT NULL,
    fit BIGINT NOT NULL,
    seal TEXT NOT NULL,
    PRIMARY KEY (agency_code, plan_id),
    -- Who sends the form twice has saved the plan once.
    UNIQUE (agency_code, saved_on, seal, note)
);
-- Its links in its order; child_ids are all children of the group then.
CREATE TABLE plan_saved_link (
    agency_code TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    child_agency TEXT NOT NULL,
    child_id TEXT NOT NULL,
    child_ids TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    family_id TEXT NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    weight BIGINT NOT NULL,
    kept BOOLEAN NOT NULL,
    PRIMARY KEY (agency_code, plan_id, n),
    FOREIGN KEY (agency_code, plan_id) REFERENCES plan_saved (agency_code, plan_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id),
    FOREIGN KEY (family_agency, family_id) REFERENCES family (agency_code, family_id)
);
-- The groups without a link.
CREATE TABLE plan_saved_without (
    agency_code TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    child_agency TEXT NOT NULL,
    child_id TEXT NOT NULL,
    child_ids TEXT NOT NULL,
    candidates INTEGER NOT NULL,
    PRIMARY KEY (agency_code, plan_id, child_id),
    FOREIGN KEY (agency_code, plan_id) REFERENCES plan_saved (agency_code, plan_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id)
);
-- The families who had no link and could have had one.
CREATE TABLE plan_saved_family (
    agency_code TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    family_id TEXT NOT NULL,
    PRIMARY KEY (agency_code, plan_id, family_id),
    FOREIGN KEY (agency_code, plan_id) REFERENCES plan_saved (agency_code, plan_id),
    FOREIGN KEY (family_agency, family_id) REFERENCES family (agency_code, family_id)
);
-- What was saved stays as it was saved.
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
BEGIN
    FOREACH t IN ARRAY '{plan_saved,plan_saved_link,plan_saved_without,plan_saved_family}'::TEXT[] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I EXECUTE FUNCTION insert_only()', t || '_insert_only', t);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Saved plans are the own agency's (Plan, View and Save). Of their children and
-- families there is what there is of them in a plan made today: children whom the
-- reader's agency asks about, families whom it sees.
SELECT guard_rows('{plan_saved}',
    $$agency_code = (SELECT acting('agency')) AND (SELECT acting_as('home_finder', 'permanence_worker', 'manager'))$$,
    'false',
    $$agency_code = (SELECT acting('agency')) AND (SELECT acting_as('home_finder', 'manager'))$$);
SELECT guard_rows('{plan_saved_link}',
    $$agency_code = (SELECT acting('agency')) AND child_agency = ANY ((SELECT reach('make_ask'))::TEXT[]) AND family_agency = ANY ((SELECT reach('family'))::TEXT[])$$,
    'false',
    $$agency_code = (SELECT acting('agency')) AND (SELECT acting_as('home_finder', 'manager'))$$);
SELECT guard_rows('{plan_saved_without}',
    $$agency_code = (SELECT acting('agency')) AND child_agency = ANY ((SELECT reach('make_ask'))::TEXT[])$$,
    'false',
    $$agency_code = (SELECT acting('agency')) AND (SELECT acting_as('home_finder', 'manager'))$$);
SELECT guard_rows('{plan_saved_family}',
    $$agency_code = (SELECT acting('agency')) AND (SELECT acting_as('home_finder', 'permanence_worker', 'manager')) AND family_agency = ANY ((SELECT reach('family'))::TEXT[])$$,
    'false',
    $$agency_code = (SELECT acting('agency')) AND (SELECT acting_as('home_finder', 'manager'))$$);
-- A restricted child or family is there for those it names and for open glass.
CREATE POLICY restricted ON plan_saved_link AS RESTRICTIVE FOR SELECT
    USING ((SELECT acting_as('operator')) OR NOT string_to_array(child_ids, ' ') && (SELECT closed_records())::TEXT[] AND family_id NOT IN (SELECT unnest(closed_records())));
CREATE POLICY restricted ON plan_saved_without AS RESTRICTIVE FOR SELECT
    USING ((SELECT acting_as('operator')) OR NOT string_to_array(child_ids, ' ') && (SELECT closed_records())::TEXT[]);
CREATE POLICY restricted ON plan_saved_family AS RESTRICTIVE FOR SELECT
    USING ((SELECT acting_as('operator')) OR family_id NOT IN (SELECT unnest(closed_records())));
GRANT SELECT, INSERT ON plan_saved, plan_saved_link, plan_saved_without, plan_saved_family TO homeward_app;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
