-- +goose Up
-- Who works here, what agencies have agreed with one another, and who signs in.
-- What tells who or where a child is moves to tables of its own, so that a
-- database which guards rows can guard it.

-- agency: teams, dated membership of pools, sharing agreements, and which
-- function is carried out by whom for whom.
CREATE TABLE team (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    team_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    PRIMARY KEY (agency_code, team_id),
    UNIQUE (agency_code, name)
);
ALTER TABLE worker ADD COLUMN team_id TEXT NOT NULL DEFAULT '';
ALTER TABLE worker ADD COLUMN left_on DATE;
-- an adopter's own family
ALTER TABLE worker ADD COLUMN family_id TEXT NOT NULL DEFAULT '';
CREATE TABLE membership (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    pool TEXT NOT NULL,
    from_day DATE NOT NULL,
    until_day DATE,
    PRIMARY KEY (agency_code, pool, from_day)
);
INSERT INTO membership (agency_code, pool, from_day) SELECT agency_code, pool, '2000-01-01' FROM agency_pool;
DROP TABLE agency_pool;
CREATE TABLE agreement (
    agreement_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    pool TEXT NOT NULL,
    purpose TEXT NOT NULL,
    covers TEXT NOT NULL,
    from_day DATE NOT NULL,
    until_day DATE,
    made_by TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE agreement_party (
    agreement_id TEXT NOT NULL REFERENCES agreement (agreement_id),
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    signed_by TEXT NOT NULL,
    signed_at TIMESTAMPTZ,
    left_by TEXT NOT NULL,
    left_at TIMESTAMPTZ,
    PRIMARY KEY (agreement_id, agency_code)
);
CREATE TABLE function_held (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    function TEXT NOT NULL,
    holder TEXT NOT NULL REFERENCES agency (agency_code),
    from_day DATE NOT NULL,
    until_day DATE,
    PRIMARY KEY (agency_code, function, from_day)
);

-- child: who they are, and where.
CREATE TABLE child_identity (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    ethnic TEXT NOT NULL,
    religion TEXT NOT NULL,
    PRIMARY KEY (agency_code, child_id),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);
INSERT INTO child_identity SELECT agency_code, child_id, given_name, family_name, ethnic, religion FROM child;
CREATE TABLE child_place (
    agency_code TEXT NOT NULL,
    child_id TEXT NOT NULL,
    home_postcode TEXT NOT NULL,
    placement_postcode TEXT NOT NULL,
    PRIMARY KEY (agency_code, child_id),
    FOREIGN KEY (agency_code, child_id) REFERENCES child (agency_code, child_id)
);
INSERT INTO child_place SELECT agency_code, child_id, home_postcode, placement_postcode FROM child;
ALTER TABLE child DROP COLUMN given_name;
ALTER TABLE child DROP COLUMN family_name;
ALTER TABLE child DROP COLUMN ethnic;
ALTER TABLE child DROP COLUMN religion;
ALTER TABLE child DROP COLUMN home_postcode;
ALTER TABLE child DROP COLUMN placement_postcode;

-- agency: records that only people named on them may see, records opened by
-- breaking glass, and what workers have declared about themselves.
CREATE TABLE restriction (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_code, kind, subject_id)
);
CREATE TABLE restriction_name (
    agency_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    PRIMARY KEY (agency_code, kind, subject_id, worker_id),
    FOREIGN KEY (agency_code, kind, subject_id) REFERENCES restriction (agency_code, kind, subject_id)
);
CREATE TABLE glass (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    glass_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    actor_agency TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    until_at TIMESTAMPTZ NOT NULL,
    reviewed_by TEXT NOT NULL,
    reviewed_at TIMESTAMPTZ,
    finding TEXT NOT NULL,
    PRIMARY KEY (agency_code, glass_id)
);
CREATE INDEX glass_actor ON glass (actor_id, until_at);
CREATE TABLE declaration (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    declaration_id TEXT NOT NULL UNIQUE,
    worker_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value_hash TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, declaration_id)
);
CREATE TABLE knowing (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    worker_agency TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_code, kind, subject_id, worker_id)
);

-- notice: what somebody must be told. It names records by reference alone.
CREATE TABLE notice (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    notice_id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about_kind TEXT NOT NULL,
    about_agency TEXT NOT NULL,
    about_id TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    done_by TEXT NOT NULL,
    done_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, notice_id)
);
CREATE INDEX notice_open ON notice (agency_code, made_at) WHERE done_at IS NULL;

-- link: who and where, shown to the other side once both have agreed.
CREATE TABLE disclosure (
    child_agency TEXT NOT NULL,
    ask_id TEXT NOT NULL,
    family_agency TEXT NOT NULL,
    child_by TEXT NOT NULL,
    child_at TIMESTAMPTZ,
    family_by TEXT NOT NULL,
    family_at TIMESTAMPTZ,
    ended_by TEXT NOT NULL,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (child_agency, ask_id),
    FOREIGN KEY (child_agency, ask_id) REFERENCES ask (child_agency, ask_id)
);

-- account
CREATE TABLE account (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    account_id TEXT NOT NULL UNIQUE,
    worker_id TEXT NOT NULL UNIQUE,
    sign_in_name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    state TEXT NOT NULL,
    demonstration BOOLEAN NOT NULL,
    totp BYTEA,
    totp_step BIGINT NOT NULL,
    wrong_codes BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, account_id)
);
CREATE TABLE passkey (
    agency_code TEXT NOT NULL,
    account_id TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    credential BYTEA NOT NULL,
    name TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, account_id, credential_id),
    FOREIGN KEY (agency_code, account_id) REFERENCES account (agency_code, account_id)
);
CREATE TABLE recovery_code (
    agency_code TEXT NOT NULL,
    account_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    hash TEXT NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, account_id, n),
    FOREIGN KEY (agency_code, account_id) REFERENCES account (agency_code, account_id)
);
CREATE TABLE invitation (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    invitation_id TEXT NOT NULL UNIQUE,
    token_hash TEXT NOT NULL UNIQUE,
    worker_id TEXT NOT NULL,
    sign_in_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (agency_code, invitation_id)
);
-- Wrong tries to sign in, counted by keyed hash of what they are counted for: a
-- name, a name on one device, a network address.
CREATE TABLE sign_in_try (
    key_hash TEXT PRIMARY KEY,
    wrong BIGINT NOT NULL,
    told BIGINT NOT NULL,
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_try_last ON sign_in_try (last_at);
-- Devices that somebody has signed in on, by keyed hash of the device's cookie.
CREATE TABLE sign_in_device (
    agency_code TEXT NOT NULL,
    account_id TEXT NOT NULL,
    device_hash TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_code, account_id, device_hash),
    FOREIGN KEY (agency_code, account_id) REFERENCES account (agency_code, account_id)
);
CREATE TABLE session (
    token TEXT PRIMARY KEY,
    data BYTEA NOT NULL,
    expiry TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_expiry ON session (expiry);
CREATE TABLE issuer (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    issuer_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret BYTEA NOT NULL,
    mfa TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    PRIMARY KEY (agency_code, issuer_id)
);
CREATE TABLE identity (
    agency_code TEXT NOT NULL,
    account_id TEXT NOT NULL,
    issuer_id TEXT NOT NULL REFERENCES issuer (issuer_id),
    subject TEXT NOT NULL,
    linked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agency_code, account_id, issuer_id),
    UNIQUE (issuer_id, subject),
    FOREIGN KEY (agency_code, account_id) REFERENCES account (agency_code, account_id)
);

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
