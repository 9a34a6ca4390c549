-- What the hosts of a call note for themselves on an application; its applicant never reads it.
create table application_notes (
    application_id uuid not null references applications on delete cascade,
    revision integer not null,
    body text not null,
    author_id uuid not null references people,
    at timestamptz not null,
    primary key (application_id, revision)
);
