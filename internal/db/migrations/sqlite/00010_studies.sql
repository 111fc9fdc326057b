-- +goose Up
-- lab/study: questions that agencies have put to the pool laboratory. Everybody in
-- one is invented; the scenario and what came of it are of nobody.
CREATE TABLE study (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    study_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    scenario TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    rules INTEGER NOT NULL,
    focus TEXT NOT NULL,
    replications INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    asked_on DATE NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (agency_code, study_id)
);
-- What has been played of one that is not done: a replication of one way of pooling.
CREATE TABLE study_result (
    agency_code TEXT NOT NULL,
    study_id TEXT NOT NULL,
    way INTEGER NOT NULL,
    replication INTEGER NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (agency_code, study_id, way, replication),
    FOREIGN KEY (agency_code, study_id) REFERENCES study (agency_code, study_id)
);

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
