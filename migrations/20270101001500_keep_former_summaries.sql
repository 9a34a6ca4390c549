-- An application may be edited before the decision; what was sent first stays readable.
create table application_summaries (
    application_id uuid not null references applications on delete cascade,
    revision integer not null,
    summary text not null,
    replaced_at timestamptz not null,
    primary key (application_id, revision)
);
