-- What a host writes again and again: references and answers, theirs alone.
create table library_entries (
    entry_id uuid primary key,
    person_id uuid not null references people,
    kind text not null,
    title text not null,
    link text not null default '',
    body text not null default '',
    revision integer not null default 1,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    constraint library_entries_kind_is_known check (kind in ('reference', 'answer')),
    constraint library_entries_of_a_kind check ((kind = 'reference') = (link <> '') and (kind = 'reference' or body <> ''))
);

create index library_entries_by_person on library_entries (person_id, changed_at desc);
