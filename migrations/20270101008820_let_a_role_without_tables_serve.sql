-- What the role may do that the server runs as: everything with rows, nothing with tables, and with history
-- nothing but to add to it and read it. Called by `kabeuchi migrate`, after each migration anew.
create function let_role_serve(server name) returns void language plpgsql as $$
begin
    if pg_has_role((select nspowner from pg_namespace where nspname = 'public'), 'usage') then
        revoke create on schema public from public;
        execute format('revoke create on schema public from %I', server);
    end if;
    execute format('grant usage on schema public to %I', server);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', server);
    execute format('grant usage, select on all sequences in schema public to %I', server);
    execute format('grant execute on function sweep_audit_entries(timestamptz, bigint), sweep_facts(timestamptz, bigint) to %I', server);
    execute format('revoke update, delete, truncate on audit_entries, facts from %I', server);
    execute format('revoke insert, update, delete, truncate on _sqlx_migrations from %I', server);
end $$;
revoke execute on function let_role_serve from public;
