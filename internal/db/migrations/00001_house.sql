-- +goose Up
-- The house. One set of standard types for both databases: SQLite takes the
-- names. Every row that belongs to an agency says so, and agency_code comes
-- first in its key. Which package owns which table stands above each group.

-- work: how often anything was changed, so that what is kept in memory knows
-- when it is stale.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    n BIGINT NOT NULL
);
INSERT INTO revision (id, n) VALUES (1, 0);
-- work: what a record said before each change, part by part.
CREATE TABLE history (
    agency_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    part TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (agency_code, kind, subject_id, version, part)
);

-- audit
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');
CREATE TABLE audit_entry (
    seq BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor_agency TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    action TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency_code TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_entry_subject ON audit_entry (agency_code, kind, subject_id, seq);

-- gazetteer
CREATE TABLE gazetteer_area (
    outcode TEXT PRIMARY KEY,
    units BYTEA NOT NULL
);
CREATE TABLE gazetteer_centre (
    code TEXT PRIMARY KEY,
    easting DOUBLE PRECISION NOT NULL,
    northing DOUBLE PRECISION NOT NULL,
    r95_m DOUBLE PRECISION NOT NULL
);
CREATE TABLE gazetteer_load (
    n BIGINT PRIMARY KEY,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    units BIGINT NOT NULL,
    loaded_on DATE NOT NULL
);

-- agency
CREATE TABLE agency (
    agency_code TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    gss TEXT NOT NULL
);
CREATE TABLE agency_pool (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    pool TEXT NOT NULL,
    PRIMARY KEY (agency_code, pool)
);
CREATE TABLE worker (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    worker_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (agency_code, worker_id)
);

-- child
CREATE TABLE child (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    child_id TEXT NOT NULL UNIQUE,
    child_ref TEXT NOT NULL,
    version BIGINT NOT NULL,
    worker_id TEXT NOT NULL,
    group_ref TEXT NOT NULL,
    plan TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    born DATE,
    sex TEXT NOT NULL,
    ethnic TEXT NOT NULL,
    religion TEXT NOT NULL,
    languages TEXT NOT NULL,
    home_postcode TEXT NOT NULL,
    placement_postcode TEXT NOT NULL,
    entered_care DATE,
    decision_date DATE,
    placement_order_date DATE,
    status TEXT NOT NULL,
    PRIMARY KEY (agency_code, child_id),
    UNIQUE (agency_code, child_ref)
);
CREATE TABLE child_need (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    need TEXT NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (agency_code, child_id, need),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);
CREATE TABLE child_contact (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    times_a_year DOUBLE PRECISION,
    PRIMARY KEY (agency_code, child_id, kind),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);
CREATE TABLE child_zone (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    postcode TEXT NOT NULL,
    radius_miles DOUBLE PRECISION,
    kind TEXT NOT NULL,
    review_by DATE,
    PRIMARY KEY (agency_code, child_id, n),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);

-- adopter
CREATE TABLE family (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    family_id TEXT NOT NULL UNIQUE,
    family_ref TEXT NOT NULL,
    version BIGINT NOT NULL,
    worker_id TEXT NOT NULL,
    adopters INTEGER,
    approved_on DATE,
    status TEXT NOT NULL,
    max_children INTEGER,
    age_min INTEGER,
    age_max INTEGER,
    sex TEXT NOT NULL,
    languages TEXT NOT NULL,
    children_at_home INTEGER,
    training TEXT NOT NULL,
    reserved_until DATE,
    PRIMARY KEY (agency_code, family_id),
    UNIQUE (agency_code, family_ref)
);
CREATE TABLE family_offer (
    agency_code TEXT NOT NULL,
    family_id TEXT NOT NULL,
    code TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_on DATE,
    PRIMARY KEY (agency_code, family_id, code),
    FOREIGN KEY (agency_code, family_id) REFERENCES family (agency_code, family_id)
);
CREATE TABLE family_household (
    agency_code TEXT NOT NULL,
    family_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    born DATE,
    PRIMARY KEY (agency_code, family_id, n),
    FOREIGN KEY (agency_code, family_id) REFERENCES family (agency_code, family_id)
);
CREATE TABLE family_place (
    agency_code TEXT NOT NULL,
    family_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    postcode TEXT NOT NULL,
    PRIMARY KEY (agency_code, family_id, n),
    FOREIGN KEY (agency_code, family_id) REFERENCES family (agency_code, family_id)
);

-- link
CREATE TABLE conflict (
    child_agency TEXT NOT NULL,
    child_id TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    family_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (child_agency, child_id, family_agency, family_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id),
    FOREIGN KEY (family_agency, family_id) REFERENCES family (agency_code, family_id)
);
CREATE TABLE waiver (
    child_agency TEXT NOT NULL,
    waiver_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    family_id TEXT NOT NULL,
    exclusion TEXT NOT NULL,
    finding TEXT NOT NULL,
    reason TEXT NOT NULL,
    basis TEXT NOT NULL,
    manager_id TEXT NOT NULL,
    manager_name TEXT NOT NULL,
    decided_on DATE NOT NULL,
    expires_on DATE NOT NULL,
    ended_on DATE,
    PRIMARY KEY (child_agency, waiver_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id),
    FOREIGN KEY (family_agency, family_id) REFERENCES family (agency_code, family_id)
);
CREATE INDEX waiver_pair ON waiver (child_agency, child_id, family_agency, family_id);
CREATE TABLE ask (
    child_agency TEXT NOT NULL,
    ask_id TEXT NOT NULL UNIQUE,
    child_id TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    family_id TEXT NOT NULL,
    recipient_id TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    asked_on DATE NOT NULL,
    answer_by DATE NOT NULL,
    note TEXT NOT NULL,
    rules TEXT NOT NULL,
    state TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_about TEXT NOT NULL,
    reason_note TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    closed_by_name TEXT NOT NULL,
    closed_on DATE,
    PRIMARY KEY (child_agency, ask_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id),
    FOREIGN KEY (family_agency, family_id) REFERENCES family (agency_code, family_id)
);
CREATE INDEX ask_family ON ask (family_agency, family_id);
-- One family is asked about one child once at a time.
CREATE UNIQUE INDEX ask_open ON ask (child_agency, child_id, family_agency, family_id) WHERE state = 'open';
CREATE TABLE ask_child (
    child_agency TEXT NOT NULL,
    ask_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    PRIMARY KEY (child_agency, ask_id, child_id),
    FOREIGN KEY (child_agency, ask_id) REFERENCES ask (child_agency, ask_id),
    FOREIGN KEY (child_agency, child_id) REFERENCES child (agency_code, child_id)
);
CREATE INDEX ask_child_child ON ask_child (child_agency, child_id);

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
