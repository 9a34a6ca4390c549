-- Which page somebody opened a moment ago, so that mails about it can stay away. Rows of a day ago go.
create table readings (
    person_id uuid not null references people on delete cascade,
    page text not null,
    seen_at timestamptz not null,
    primary key (person_id, page)
);
