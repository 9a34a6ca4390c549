-- Titles that items had before they were worded anew; the present one stands in items, with its revision.
create table item_titles (
    item_id uuid not null references items,
    revision integer not null,
    title text not null,
    replaced_by uuid not null references people,
    replaced_at timestamptz not null,
    primary key (item_id, revision)
);
