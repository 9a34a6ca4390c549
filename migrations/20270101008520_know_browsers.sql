-- Kinds of browsers that somebody signed in with: another one is told by mail.
create table known_browsers (
    person_id uuid not null references people on delete cascade,
    agent_hash bytea not null,
    first_at timestamptz not null,
    primary key (person_id, agent_hash)
);
