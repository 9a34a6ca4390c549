-- Another address for an account: asked for, confirmed by the new one, undone by the former.
create table address_changes (
    address_change_id uuid primary key,
    person_id uuid not null references people on delete cascade,
    former text not null,
    email text not null,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    changed_at timestamptz,
    undo_until timestamptz,
    undone_at timestamptz,
    constraint address_changes_can_be_undone check ((changed_at is null) = (undo_until is null)),
    constraint address_changes_are_undone_after check (undone_at is null or changed_at is not null)
);

create unique index address_changes_wait_once on address_changes (person_id) where changed_at is null;
create index address_changes_by_person on address_changes (person_id);
create index address_changes_by_former on address_changes (lower(former)) where undone_at is null;

create table address_links (
    token_hash bytea primary key,
    address_change_id uuid not null references address_changes on delete cascade,
    is_undo boolean not null
);

create index address_links_by_change on address_links (address_change_id);
