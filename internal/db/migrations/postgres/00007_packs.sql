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
-- What is published stays as it was published.
CREATE TRIGGER pack_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pack EXECUTE FUNCTION insert_only();
-- Whoever may see the publishing agency's numbers reads its packs. Those who answer
-- for its numbers (Figures, Change) publish them, and they are those who answer for
-- its returns.
SELECT guard_rows('{pack}', $$agency_code = ANY ((SELECT reach('figures'))::TEXT[])$$, 'false', $$agency_code = ANY ((SELECT reach('returns'))::TEXT[])$$);
GRANT SELECT, INSERT ON pack TO homeward_app;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
