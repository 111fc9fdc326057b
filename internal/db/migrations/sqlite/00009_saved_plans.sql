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
-- What was saved stays as it was saved. INSERT OR REPLACE takes a row away without
-- asking the triggers of DELETE.
-- +goose StatementBegin
CREATE TRIGGER plan_saved_update BEFORE UPDATE ON plan_saved
BEGIN SELECT RAISE(ABORT, 'plan_saved takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_delete BEFORE DELETE ON plan_saved
BEGIN SELECT RAISE(ABORT, 'plan_saved takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_replace BEFORE INSERT ON plan_saved
WHEN EXISTS (SELECT 1 FROM plan_saved WHERE agency_code = NEW.agency_code AND (plan_id = NEW.plan_id OR saved_on = NEW.saved_on AND seal = NEW.seal AND note = NEW.note))
BEGIN SELECT RAISE(ABORT, 'plan_saved takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_link_update BEFORE UPDATE ON plan_saved_link
BEGIN SELECT RAISE(ABORT, 'plan_saved_link takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_link_delete BEFORE DELETE ON plan_saved_link
BEGIN SELECT RAISE(ABORT, 'plan_saved_link takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_link_replace BEFORE INSERT ON plan_saved_link
WHEN EXISTS (SELECT 1 FROM plan_saved_link WHERE agency_code = NEW.agency_code AND plan_id = NEW.plan_id AND n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'plan_saved_link takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_without_update BEFORE UPDATE ON plan_saved_without
BEGIN SELECT RAISE(ABORT, 'plan_saved_without takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_without_delete BEFORE DELETE ON plan_saved_without
BEGIN SELECT RAISE(ABORT, 'plan_saved_without takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_without_replace BEFORE INSERT ON plan_saved_without
WHEN EXISTS (SELECT 1 FROM plan_saved_without WHERE agency_code = NEW.agency_code AND plan_id = NEW.plan_id AND child_id = NEW.child_id)
BEGIN SELECT RAISE(ABORT, 'plan_saved_without takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_family_update BEFORE UPDATE ON plan_saved_family
BEGIN SELECT RAISE(ABORT, 'plan_saved_family takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_family_delete BEFORE DELETE ON plan_saved_family
BEGIN SELECT RAISE(ABORT, 'plan_saved_family takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER plan_saved_family_replace BEFORE INSERT ON plan_saved_family
WHEN EXISTS (SELECT 1 FROM plan_saved_family WHERE agency_code = NEW.agency_code AND plan_id = NEW.plan_id AND family_id = NEW.family_id)
BEGIN SELECT RAISE(ABORT, 'plan_saved_family takes new rows only'); END;
-- +goose StatementEnd

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
