-- Somebody who leaves stays as a row without a name, so that what others wrote to them still stands somewhere.
-- A hash says that they left: a backup that is put back deletes them again.
alter table people
    add column leaving_since timestamptz,
    add column deleted_at timestamptz,
    add constraint deleted_people_may_nothing check (deleted_at is null or (host_since is null and administrator_since is null));

create table tombstones (
    person_hash bytea primary key,
    at timestamptz not null
);
