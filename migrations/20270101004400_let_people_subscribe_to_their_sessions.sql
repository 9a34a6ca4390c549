-- A private address from which a person's calendar reads their sessions; only its hash is kept.
create table session_feeds (
    person_id uuid primary key references people on delete cascade,
    token_hash bytea not null unique,
    created_at timestamptz not null
);
