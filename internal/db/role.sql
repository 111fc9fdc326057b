-- The role that every transaction of Homeward runs in. It cannot sign in, owns
-- nothing and is held to the row policies. Roles belong to the whole cluster, so
-- two databases may make it at the same moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'homeward_app') THEN
        BEGIN
            CREATE ROLE homeward_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT NOCREATEDB NOCREATEROLE;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- the other one did
        END;
    END IF;
    BEGIN
        SET LOCAL ROLE homeward_app;
        RESET ROLE;
    EXCEPTION WHEN insufficient_privilege THEN
        GRANT homeward_app TO CURRENT_USER;
    END;
END
$$
