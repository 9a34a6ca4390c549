-- Who did what to what, and who was kept from what: IDs and words of the program, no text of people.
-- Nothing here refers to another table: an entry outlives what it is about.
create table audit_entries (
    audit_entry_id uuid primary key,
    at             timestamptz not null,
    action         text not null,
    outcome        text not null,
    actor_id       uuid,
    object_kind    text,
    object_id      uuid,
    route          text,
    request_id     uuid,
    constraint audit_entries_outcome_is_known check (outcome in ('done', 'denied', 'refused')),
    constraint audit_entries_objects_have_a_kind check (object_id is null or object_kind is not null),
    constraint audit_entries_hold_words_alone
        check (action ~ '^[a-z_]{1,40}$' and object_kind ~ '^[a-z_]{1,40}$' and route ~ '^[a-z0-9_/{}.:*-]{1,200}$')
);

create index audit_entries_by_time on audit_entries (at, audit_entry_id);
create index audit_entries_by_actor on audit_entries (actor_id, at) where actor_id is not null;
create index audit_entries_by_object on audit_entries (object_id, at) where object_id is not null;
create index audit_entries_by_request on audit_entries (request_id) where request_id is not null;

-- For whoever owns the table as well: a slip must not rewrite what happened.
create function refuse_to_rewrite() returns trigger language plpgsql as $$
begin
    raise exception 'what happened is not rewritten' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entries_stay before update or truncate on audit_entries
    for each statement execute function refuse_to_rewrite();

-- The one way by which history goes. Whoever may not delete is not believed what time it is either: the
-- database's own clock says what is older than 24 months.
create function sweep_audit_entries(until timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with gone as (
        delete from audit_entries where audit_entry_id in (
            select audit_entry_id from audit_entries
             where at <= (select case when pg_has_role(session_user, current_user, 'usage') then until
                                      else least(until, clock_timestamp() - interval '24 months') end)
             order by at limit at_most)
        returning 1)
    select count(*) from gone
$$;
create function sweep_facts(until timestamptz, at_most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    with gone as (
        delete from facts where fact_id in (
            select fact_id from facts
             where at <= (select case when pg_has_role(session_user, current_user, 'usage') then until
                                      else least(until, clock_timestamp() - interval '24 months') end)
             order by at limit at_most)
        returning 1)
    select count(*) from gone
$$;
revoke execute on function sweep_audit_entries, sweep_facts from public;
