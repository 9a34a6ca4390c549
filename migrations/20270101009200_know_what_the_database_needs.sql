-- What a program must know to work on this database: the last migration that an older one cannot live with
-- sets it. And a proof of each key that seals, so that a process with another one does not start.
create table schema_needs (
    is_the_one boolean primary key default true,
    version bigint not null,
    constraint schema_needs_is_one_row check (is_the_one)
);

insert into schema_needs (version) values (20270101000100);

create table sealing_keys (
    key_id text primary key,
    proof bytea not null,
    first_used_at timestamptz not null
);
