-- Every goal that was ever written stays readable; the agenda knows when it changed and who said that it is fine.
alter table consultations drop column goal;
alter table consultations drop column goal_revision;

create table goals (
    consultation_id uuid not null references consultations,
    revision integer not null,
    goal text not null,
    author_id uuid not null references people,
    at timestamptz not null,
    primary key (consultation_id, revision)
);

create table agendas (
    consultation_id uuid primary key references consultations,
    changed_at timestamptz not null,
    ok_at timestamptz
);
