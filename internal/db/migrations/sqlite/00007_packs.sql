-- +goose Up
-- programme: what was published of the numbers of an area and a quarter, whole,
-- as it was published. It holds no personal data.
CREATE TABLE pack (
    agency_code TEXT NOT NULL REFERENCES agency (agency_code),
    pack_id TEXT NOT NULL UNIQUE,
    area TEXT NOT NULL,
    area_name TEXT NOT NULL,
    quarter TEXT NOT NULL,
    version INTEGER NOT NULL,
    published_by TEXT NOT NULL,
    published_by_name TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    data_as_of DATE NOT NULL,
    revision BIGINT NOT NULL,
    rules TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (agency_code, pack_id),
    UNIQUE (agency_code, area, quarter, version)
);
-- What is published stays as it was published. INSERT OR REPLACE takes a row away
-- without asking the triggers of DELETE.
-- +goose StatementBegin
CREATE TRIGGER pack_update BEFORE UPDATE ON pack
BEGIN SELECT RAISE(ABORT, 'pack takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pack_delete BEFORE DELETE ON pack
BEGIN SELECT RAISE(ABORT, 'pack takes new rows only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pack_replace BEFORE INSERT ON pack
WHEN EXISTS (SELECT 1 FROM pack WHERE pack_id = NEW.pack_id OR agency_code = NEW.agency_code AND area = NEW.area AND quarter = NEW.quarter AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'pack takes new rows only'); END;
-- +goose StatementEnd

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
