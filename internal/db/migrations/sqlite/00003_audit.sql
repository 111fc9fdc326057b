-- +goose Up
-- audit: each entry is salted from here on, so that its hash alone does not let
-- anybody try out what it says. What was recorded before stays as it is, in a
-- table of its own.
DROP INDEX audit_entry_subject;
ALTER TABLE audit_entry RENAME TO audit_entry_first;
UPDATE audit_head SET seq = 0, hash = '';
CREATE TABLE audit_entry (
    seq INTEGER PRIMARY KEY,
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
    salt TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_entry_subject ON audit_entry (agency_code, kind, subject_id, seq);
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, at);
-- audit: the heads that were signed. The edge is the Merkle tree at that size.
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY,
    edge TEXT NOT NULL,
    note TEXT NOT NULL
);

-- What is written stays as it was written. A mistake in Homeward and a statement
-- smuggled in are stopped here; whoever owns the file is not, and is found out by
-- the heads kept elsewhere. INSERT OR REPLACE takes a row away without asking the
-- triggers of DELETE, so a row that is there cannot be inserted again either.
-- +goose StatementBegin
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit_entry takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit_entry takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_replace BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'audit_entry takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_replace BEFORE INSERT ON audit_checkpoint
WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_update BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'history takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_delete BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'history takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_replace BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history WHERE agency_code = NEW.agency_code AND kind = NEW.kind AND subject_id = NEW.subject_id AND version = NEW.version AND part = NEW.part)
BEGIN SELECT RAISE(ABORT, 'history takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_first_update BEFORE UPDATE ON audit_entry_first
BEGIN SELECT RAISE(ABORT, 'audit_entry_first is closed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_first_delete BEFORE DELETE ON audit_entry_first
BEGIN SELECT RAISE(ABORT, 'audit_entry_first is closed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_first_insert BEFORE INSERT ON audit_entry_first
BEGIN SELECT RAISE(ABORT, 'audit_entry_first is closed'); END;
-- +goose StatementEnd
-- The head stays, or moves on to another entry.
-- +goose StatementBegin
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head
WHEN NOT (NEW.id = OLD.id AND (NEW.seq = OLD.seq AND NEW.hash = OLD.hash OR NEW.seq > OLD.seq AND NEW.hash <> OLD.hash))
BEGIN SELECT RAISE(ABORT, 'audit_head only moves on'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'audit_head only moves on'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_replace BEFORE INSERT ON audit_head
BEGIN SELECT RAISE(ABORT, 'audit_head only moves on'); END;
-- +goose StatementEnd

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
