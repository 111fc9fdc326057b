-- +goose Up
-- The second line: PostgreSQL gives a row only to those the access table could
-- open it to, whatever a query asks for. docs/adr/0012-second-line.md says why.
--
-- Every transaction takes the role homeward_app, which owns nothing, and says on
-- whose behalf it runs (internal/db/tx.go). Who says nothing gets nothing.

-- What the transaction said of itself: actor, agency, role, day, now or engine.
-- Whoever has no role is nobody, whatever else they say.
CREATE FUNCTION acting(what TEXT) RETURNS TEXT LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN current_setting('homeward.role', true) <> '' THEN NULLIF(current_setting('homeward.' || what, true), '') END $$;
CREATE FUNCTION acting_as(VARIADIC roles TEXT[]) RETURNS BOOLEAN LANGUAGE sql STABLE
    AS $$ SELECT COALESCE(acting('role') = ANY (roles), false) $$;

-- Days are half-open: until_day is the first on which something no longer holds.
CREATE FUNCTION holds(from_day DATE, until_day DATE) RETURNS BOOLEAN LANGUAGE sql STABLE
    AS $$ SELECT from_day <= acting('day')::DATE AND (until_day IS NULL OR acting('day')::DATE < until_day) $$;

-- What was worked out for whoever acts is kept until the transaction ends or
-- somebody else acts in it, since every statement asks the same: what ends in the
-- register closes rows in the next transaction, at the next request.
CREATE FUNCTION kept_for() RETURNS TEXT LANGUAGE sql STABLE
    AS $$ SELECT ARRAY[acting('actor'), acting('agency'), acting('role'), acting('day'), acting('now')]::TEXT $$;
-- +goose StatementBegin
CREATE FUNCTION recall(what TEXT) RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    kept CONSTANT TEXT := current_setting('homeward.kept_' || what, true);
    whom CONSTANT TEXT := kept_for();
BEGIN
    RETURN CASE WHEN starts_with(kept, whom) THEN substr(kept, length(whom) + 1)::TEXT[] END;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION keep(what TEXT, list TEXT[]) RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM set_config('homeward.kept_' || what, kept_for() || list::TEXT, true);
    RETURN list;
END
$$;
-- +goose StatementEnd

-- agency.Book.Ties: which agencies' things may be open to the acting one today,
-- and why: its own, a function it carries out for another, or what an agreement
-- covers that both have signed and not left, both in its pool if it names one.
CREATE FUNCTION ties() RETURNS TABLE (agency TEXT, tie TEXT) LANGUAGE sql STABLE AS $$
    SELECT acting('agency'), 'own' WHERE acting('agency') IS NOT NULL
    UNION ALL
    SELECT h.agency_code, h.function FROM function_held h WHERE h.holder = acting('agency') AND holds(h.from_day, h.until_day)
    UNION ALL
    SELECT other.agency_code, cover
    FROM agreement a
    CROSS JOIN unnest(string_to_array(a.covers, ' ')) AS cover
    JOIN agreement_party own ON own.agreement_id = a.agreement_id AND own.agency_code = acting('agency')
    JOIN agreement_party other ON other.agreement_id = a.agreement_id AND other.agency_code <> own.agency_code
    WHERE holds(a.from_day, a.until_day)
    AND own.signed_at IS NOT NULL AND own.left_at IS NULL AND other.signed_at IS NOT NULL AND other.left_at IS NULL
    AND (a.pool = ''
        OR EXISTS (SELECT 1 FROM membership m WHERE m.agency_code = own.agency_code AND m.pool = a.pool AND holds(m.from_day, m.until_day))
        AND EXISTS (SELECT 1 FROM membership m WHERE m.agency_code = other.agency_code AND m.pool = a.pool AND holds(m.from_day, m.until_day)))
$$;

-- The agencies some of whose rows are open to whoever acts, for one use. This is
-- internal/access/table.go as far as agencies go: which tie opens which use to
-- which roles. A voluntary agency is on the family's side: of others it gets what
-- children need, and families it recruits for.
-- +goose StatementBegin
CREATE FUNCTION reach(use TEXT) RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE(recall('reach_' || use), keep('reach_' || use, ARRAY(
        SELECT t.agency
        FROM (VALUES
            -- what children need (Child, Profile)
            ('profile', 'own', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('profile', 'home_finding', '{home_finder,manager}'),
            ('profile', 'child_profiles', '{home_finder,adopter_worker,manager}'),
            -- who and where they are (Child, View; ChildLocations)
            ('identity', 'own', '{home_finder,permanence_worker,manager}'),
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
            ('restricted', 'own', '{home_finder,permanence_worker,adopter_worker,manager,administrator,information_lead}'),
            ('restricted', 'child_profiles', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('restricted', 'family_profiles', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('restricted', 'home_finding', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('restricted', 'recruitment', '{home_finder,permanence_worker,adopter_worker,manager}'),
            ('named', 'own', '{manager,information_lead,administrator}'),
            ('restrict', 'own', '{manager}'),
            ('review', 'own', '{information_lead}')
        ) AS opens (use, tie, roles)
        JOIN ties() t ON t.tie = opens.tie
        WHERE opens.use = reach.use AND acting('role') = ANY (opens.roles::TEXT[])
        AND (t.tie IN ('own', 'child_profiles', 'recruitment')
            OR NOT EXISTS (SELECT 1 FROM agency a WHERE a.agency_code = acting('agency') AND a.kind = 'VAA')))));
END
$$;
-- +goose StatementEnd

-- Relation glass: records of a kind whose glass whoever acts has broken, while it
-- lasts.
-- +goose StatementBegin
CREATE FUNCTION opened_records(of_kind TEXT) RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE(recall('opened_' || of_kind), keep('opened_' || of_kind, ARRAY(
        SELECT subject_id FROM glass
        WHERE actor_id = acting('actor') AND actor_agency = acting('agency') AND kind = of_kind AND until_at > acting('now')::TIMESTAMPTZ)));
END
$$;
-- +goose StatementEnd
-- Relation disclosed: children both sides of an ask agreed to tell the acting
-- agency of.
-- +goose StatementBegin
CREATE FUNCTION told_children() RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE(recall('told'), keep('told', ARRAY(
        SELECT c.child_id FROM disclosure d JOIN ask_child c ON c.child_agency = d.child_agency AND c.ask_id = d.ask_id
        WHERE d.family_agency = acting('agency') AND acting_as('home_finder', 'adopter_worker', 'manager')
        AND d.child_at IS NOT NULL AND d.family_at IS NOT NULL AND d.ended_at IS NULL)));
END
$$;
-- +goose StatementEnd
-- Relation ownFamily: an adopter's own.
-- +goose StatementBegin
CREATE FUNCTION own_family() RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN COALESCE(recall('own_family'), keep('own_family', ARRAY(
        SELECT family_id FROM worker
        WHERE acting_as('adopter') AND worker_id = acting('actor') AND agency_code = acting('agency') AND role = 'adopter' AND family_id <> '')));
END
$$;
-- +goose StatementEnd
-- Restricted records that do not name whoever acts and whose glass they have not
-- broken. It looks at every restriction, of agencies too that whoever acts knows
-- nothing of, and so acts as the operator while it looks; it gives out references
-- and nothing else.
-- +goose StatementBegin
CREATE FUNCTION closed_records() RETURNS TEXT[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    role CONSTANT TEXT := COALESCE(acting('role'), '');
    closed TEXT[] := recall('closed');
BEGIN
    IF closed IS NULL THEN
        PERFORM set_config('homeward.role', 'operator', true);
        closed := ARRAY(SELECT r.subject_id FROM restriction r
            WHERE NOT EXISTS (SELECT 1 FROM restriction_name n WHERE n.agency_code = r.agency_code AND n.kind = r.kind AND n.subject_id = r.subject_id AND n.worker_id = acting('actor'))
            AND NOT EXISTS (SELECT 1 FROM glass g WHERE g.agency_code = r.agency_code AND g.kind = r.kind AND g.subject_id = r.subject_id
                AND g.actor_id = acting('actor') AND g.actor_agency = acting('agency') AND g.until_at > acting('now')::TIMESTAMPTZ));
        PERFORM set_config('homeward.role', role, true);
        PERFORM keep('closed', closed);
    END IF;
    RETURN closed;
END
$$;
-- +goose StatementEnd

-- guard_rows puts tables under policies: a condition for reading, for changing
-- and taking away, and for adding where that differs. The operator, who runs the
-- installation and is on the record, may do all of it. Each condition asks its
-- questions in sub-selects, which are answered once a statement and not once a
-- row. Later migrations guard their tables with it too.
-- +goose StatementBegin
CREATE FUNCTION guard_rows(tables TEXT[], reading TEXT, changing TEXT, adding TEXT DEFAULT NULL) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    t TEXT;
    operator CONSTANT TEXT := '(SELECT acting_as(''operator'')) OR ';
BEGIN
    FOREACH t IN ARRAY tables LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY reading ON %I FOR SELECT USING (%s (%s))', t, operator, reading);
        EXECUTE format('CREATE POLICY adding ON %I FOR INSERT WITH CHECK (%s (%s))', t, operator, COALESCE(adding, changing));
        EXECUTE format('CREATE POLICY changing ON %I FOR UPDATE USING (%s (%s))', t, operator, changing);
        EXECUTE format('CREATE POLICY taking_away ON %I FOR DELETE USING (%s (%s))', t, operator, changing);
    END LOOP;
END
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION guard_rows FROM PUBLIC;

-- agency, function_held, membership, team, agreement, agreement_party: the open
-- register. Which agencies there are, what they have agreed and who does what for
-- whom is nobody's secret, and access is reckoned from it: everybody who is
-- somebody reads it, and few write it.
SELECT guard_rows('{agency}', $$(SELECT acting('role')) IS NOT NULL$$, $$agency_code = (SELECT acting('agency'))$$, 'false');
-- An agency's pools open records: the operator's alone.
SELECT guard_rows('{membership}', $$(SELECT acting('role')) IS NOT NULL$$, 'false');
SELECT guard_rows('{team}', $$(SELECT acting('role')) IS NOT NULL$$, $$agency_code = ANY ((SELECT reach('staff'))::TEXT[])$$);
-- Whose function it is hands it over (Agreement, Change).
SELECT guard_rows('{function_held}', $$(SELECT acting('role')) IS NOT NULL$$, $$agency_code = ANY ((SELECT reach('agreements'))::TEXT[])$$);
SELECT guard_rows('{agreement}', $$(SELECT acting('role')) IS NOT NULL$$, 'false', $$(SELECT acting_as('information_lead'))$$);
-- Nobody signs for another agency: its side is added unsigned.
SELECT guard_rows('{agreement_party}', $$(SELECT acting('role')) IS NOT NULL$$,
    $$agency_code = ANY ((SELECT reach('agreements'))::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('agreements'))::TEXT[]) OR signed_at IS NULL AND (SELECT acting_as('information_lead'))$$);
-- Who works where is open, so that people see who asked them; who has adopted is
-- not.
SELECT guard_rows('{worker}',
    $$role <> 'adopter' AND (SELECT acting('role')) IS NOT NULL OR agency_code = (SELECT acting('agency')) OR (SELECT acting_as('sign_in'))$$,
    $$agency_code = ANY ((SELECT reach('staff'))::TEXT[])$$);

-- What a child needs: own, finding, children, glass, disclosed.
SELECT guard_rows('{child,child_need,child_contact}',
    $$agency_code = ANY ((SELECT reach('profile'))::TEXT[]) OR child_id IN (SELECT unnest(opened_records('child'))) OR child_id IN (SELECT unnest(told_children()))$$,
    $$agency_code = ANY ((SELECT reach('change_child'))::TEXT[])$$);
-- Who they are: own, finding, glass, disclosed.
SELECT guard_rows('{child_identity}',
    $$agency_code = ANY ((SELECT reach('identity'))::TEXT[]) OR child_id IN (SELECT unnest(opened_records('child'))) OR child_id IN (SELECT unnest(told_children()))$$,
    $$agency_code = ANY ((SELECT reach('change_child'))::TEXT[])$$);
-- Where they are and must not be: own, finding, glass; and for the engine, which
-- shows them to nobody, wherever their needs are known.
SELECT guard_rows('{child_place,child_zone}',
    $$agency_code = ANY ((SELECT reach('identity'))::TEXT[]) OR child_id IN (SELECT unnest(opened_records('child')))
        OR (SELECT acting('engine')) = 'on' AND agency_code = ANY ((SELECT reach('profile'))::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('change_child'))::TEXT[])$$);

-- What a family can offer: own, recruiting, families, finding, glass, ownFamily.
SELECT guard_rows('{family,family_offer,family_household}',
    $$agency_code = ANY ((SELECT reach('family'))::TEXT[]) OR family_id IN (SELECT unnest(opened_records('family'))) OR family_id = ANY ((SELECT own_family())::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('change_family'))::TEXT[])$$);
-- Where they live: own, recruiting, glass, ownFamily; and for the engine.
SELECT guard_rows('{family_place}',
    $$agency_code = ANY ((SELECT reach('family_places'))::TEXT[]) OR family_id IN (SELECT unnest(opened_records('family'))) OR family_id = ANY ((SELECT own_family())::TEXT[])
        OR (SELECT acting('engine')) = 'on' AND agency_code = ANY ((SELECT reach('family'))::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('change_family'))::TEXT[])$$);

-- Both sides of an ask: own, finding, recruiting; and for the engine, which shows
-- counts alone, wherever what the family can offer is known.
SELECT guard_rows('{ask}',
    $$child_agency = ANY ((SELECT reach('asks_out'))::TEXT[]) OR family_agency = ANY ((SELECT reach('asks_in'))::TEXT[])
        OR (SELECT acting('engine')) = 'on' AND family_agency = ANY ((SELECT reach('family'))::TEXT[])$$,
    $$child_agency = ANY ((SELECT reach('make_ask'))::TEXT[]) OR family_agency = ANY ((SELECT reach('answer'))::TEXT[])$$,
    $$child_agency = ANY ((SELECT reach('make_ask'))::TEXT[])$$);
SELECT guard_rows('{ask_child}', 'ask_id IN (SELECT ask_id FROM ask)', 'false', $$child_agency = ANY ((SELECT reach('make_ask'))::TEXT[])$$);
SELECT guard_rows('{disclosure}',
    $$child_agency = ANY ((SELECT reach('asks_out'))::TEXT[]) OR family_agency = ANY ((SELECT reach('asks_in'))::TEXT[])$$,
    $$child_agency = ANY ((SELECT reach('make_ask'))::TEXT[]) OR family_agency = ANY ((SELECT reach('answer'))::TEXT[])$$);
-- Either side; and who sees the child and the family, since they are reckoned with.
SELECT guard_rows('{conflict}',
    $$child_agency = ANY ((SELECT reach('asks_out'))::TEXT[]) OR family_agency = ANY ((SELECT reach('asks_in'))::TEXT[])
        OR child_agency = ANY ((SELECT reach('profile'))::TEXT[]) AND family_agency = ANY ((SELECT reach('family'))::TEXT[])$$,
    $$child_agency = ANY ((SELECT reach('change_child'))::TEXT[])$$);
SELECT guard_rows('{waiver}',
    $$child_agency = ANY ((SELECT reach('asks_out'))::TEXT[]) OR family_agency = ANY ((SELECT reach('asks_in'))::TEXT[])
        OR child_agency = ANY ((SELECT reach('profile'))::TEXT[]) AND family_agency = ANY ((SELECT reach('family'))::TEXT[])$$,
    $$child_agency = ANY ((SELECT reach('waive'))::TEXT[])$$);

-- What records said before: as who and where they are.
SELECT guard_rows('{history}',
    $$CASE kind
        WHEN 'child' THEN agency_code = ANY ((SELECT reach('identity'))::TEXT[]) OR subject_id IN (SELECT unnest(opened_records('child')))
        WHEN 'family' THEN agency_code = ANY ((SELECT reach('family_places'))::TEXT[]) OR subject_id IN (SELECT unnest(opened_records('family')))
        ELSE agency_code = (SELECT acting('agency')) END$$,
    'false',
    $$agency_code = (SELECT acting('agency')) OR agency_code = ANY ((SELECT reach('change_family'))::TEXT[])$$);

-- Who looked: written by everybody, the refused included; read where it is of the
-- own agency's records or people.
SELECT guard_rows('{audit_entry,audit_entry_first}', $$agency_code = (SELECT acting('agency')) OR actor_agency = (SELECT acting('agency'))$$, 'false', 'true');

-- That a record is restricted is known wherever its agency's records could be, by
-- reference and code, since the access table is told of it too. Whom it names
-- know those who set it and answer for it, administrators, who end people's work,
-- and whoever is named.
SELECT guard_rows('{restriction}',
    $$agency_code = ANY ((SELECT reach('restricted'))::TEXT[])$$,
    $$agency_code = ANY ((SELECT reach('restrict'))::TEXT[])$$);
SELECT guard_rows('{restriction_name}',
    $$agency_code = ANY ((SELECT reach('named'))::TEXT[]) OR worker_id = (SELECT acting('actor'))$$,
    $$agency_code = ANY ((SELECT reach('restrict'))::TEXT[])$$);
-- Glass is broken in one's own name, on another agency's record too; its agency
-- sees and reviews it, and whoever answers for the actor's agency sees it.
SELECT guard_rows('{glass}',
    $$agency_code = (SELECT acting('agency')) OR actor_id = (SELECT acting('actor'))
        OR actor_agency = (SELECT acting('agency')) AND (SELECT acting_as('information_lead'))$$,
    $$agency_code = ANY ((SELECT reach('review'))::TEXT[])$$,
    $$actor_id = (SELECT acting('actor')) AND actor_agency = (SELECT acting('agency'))$$);
SELECT guard_rows('{declaration}', $$agency_code = (SELECT acting('agency'))$$, $$agency_code = (SELECT acting('agency'))$$);
-- Answered in one's own name, of another agency's record too.
SELECT guard_rows('{knowing}',
    $$agency_code = (SELECT acting('agency')) OR worker_id = (SELECT acting('actor'))$$,
    $$agency_code = (SELECT acting('agency')) OR worker_id = (SELECT acting('actor'))$$,
    $$worker_id = (SELECT acting('actor')) AND worker_agency = (SELECT acting('agency'))$$);
-- Anybody's work may make a notice to another agency; it alone reads it.
SELECT guard_rows('{notice}', $$agency_code = (SELECT acting('agency'))$$, $$agency_code = (SELECT acting('agency'))$$, $$(SELECT acting('role')) IS NOT NULL$$);

-- Accounts: the own agency's; all of them for sign-in, which sees no child and no
-- family.
SELECT guard_rows('{account,passkey,recovery_code,invitation,sign_in_device,issuer,identity}',
    $$agency_code = (SELECT acting('agency')) OR (SELECT acting_as('sign_in'))$$,
    $$agency_code = (SELECT acting('agency')) OR (SELECT acting_as('sign_in'))$$);
-- Of no agency: by keyed hash, for sign-in alone.
SELECT guard_rows('{session,sign_in_try}', $$(SELECT acting_as('sign_in'))$$, $$(SELECT acting_as('sign_in'))$$);

-- A restricted record is there for those it names and for open glass, in every
-- one of its tables, whatever the policies above say.
-- +goose StatementBegin
DO $$
DECLARE
    t TEXT;
    subject TEXT;
BEGIN
    FOR t, subject IN SELECT * FROM (VALUES
        ('child', 'child_id'), ('child_identity', 'child_id'), ('child_place', 'child_id'), ('child_need', 'child_id'), ('child_contact', 'child_id'), ('child_zone', 'child_id'),
        ('family', 'family_id'), ('family_offer', 'family_id'), ('family_household', 'family_id'), ('family_place', 'family_id')) AS guarded
    LOOP
        EXECUTE format('CREATE POLICY restricted ON %I AS RESTRICTIVE USING ((SELECT acting_as(''operator'')) OR %I NOT IN (SELECT unnest(closed_records())))', t, subject);
    END LOOP;
END
$$;
-- +goose StatementEnd
-- So is what it said before; what the restriction itself said is not.
CREATE POLICY restricted ON history AS RESTRICTIVE FOR SELECT
    USING ((SELECT acting_as('operator')) OR kind NOT IN ('child', 'family') OR subject_id NOT IN (SELECT unnest(closed_records())));

-- What homeward_app may do at all. Nothing is deleted of records that are kept for
-- a hundred years: their parts alone are written anew.
-- +goose StatementBegin
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO homeward_app', current_schema()); END $$;
-- +goose StatementEnd
GRANT SELECT ON goose_db_version, audit_entry_first TO homeward_app;
GRANT SELECT, INSERT ON audit_entry, audit_checkpoint, history TO homeward_app;
GRANT SELECT, UPDATE ON audit_head, revision TO homeward_app;
GRANT SELECT, INSERT, UPDATE ON
    agency, membership, team, worker, agreement, agreement_party, function_held, child, family, ask, ask_child, disclosure, conflict, waiver,
    glass, declaration, knowing, notice, account TO homeward_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    child_identity, child_place, child_need, child_contact, child_zone, family_offer, family_household, family_place, restriction, restriction_name,
    passkey, recovery_code, invitation, sign_in_device, issuer, identity, session, sign_in_try,
    gazetteer_area, gazetteer_centre, gazetteer_load TO homeward_app;

-- +goose Down
-- There is no way back: records kept for a hundred years are not unmade. Restore a backup.
