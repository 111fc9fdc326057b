-- +goose Up
-- audit: each entry is salted from here on, so that its hash alone does not let
-- anybody try out what it says. What was recorded before stays as it is, in a
-- table of its own.
DROP INDEX audit_entry_subject;
ALTER TABLE audit_entry RENAME TO audit_entry_first;
ALTER INDEX audit_entry_pkey RENAME TO audit_entry_first_pkey;
UPDATE audit_head SET seq = 0, hash = '';
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
    salt TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_entry_subject ON audit_entry (agency_code, kind, subject_id, seq);
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, at, seq);
-- audit: the heads that were signed. The edge is the Merkle tree at that size.
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY,
    edge TEXT NOT NULL,
    note TEXT NOT NULL
);

-- What is written stays as it was written. A mistake in Homeward and a statement
-- smuggled in are stopped here; whoever owns the database is not, and is found
-- out by the heads kept elsewhere.
-- +goose StatementBegin
CREATE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% takes new rows only', TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_entry_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry EXECUTE FUNCTION insert_only();
CREATE TRIGGER audit_entry_first_closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON audit_entry_first EXECUTE FUNCTION insert_only();
CREATE TRIGGER audit_checkpoint_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint EXECUTE FUNCTION insert_only();
CREATE TRIGGER history_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history EXECUTE FUNCTION insert_only();

-- The head stays, or moves on to another entry.
-- +goose StatementBegin
CREATE FUNCTION only_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only moves on', TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_head_delete BEFORE DELETE OR TRUNCATE ON audit_head EXECUTE FUNCTION only_moves_on();
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head FOR EACH ROW
    WHEN (NOT (NEW.id = OLD.id AND (NEW.seq = OLD.seq AND NEW.hash = OLD.hash OR NEW.seq > OLD.seq AND NEW.hash <> OLD.hash)))
    EXECUTE FUNCTION only_moves_on();

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
