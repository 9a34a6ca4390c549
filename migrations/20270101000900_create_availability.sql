-- The hours a host offers, in the host's zone, and dates that differ.
create table availability (
    person_id uuid primary key references people,
    weekly jsonb not null,
    week_start text not null default 'mon',
    sessions_per_day integer,
    sessions_per_week integer,
    minutes_per_day integer,
    minutes_per_week integer,
    revision integer not null default 1,
    saved_at timestamptz not null,
    constraint availability_week_start_is_known check (week_start in ('mon', 'sun'))
);

create table availability_overrides (
    person_id uuid not null references people,
    on_date date not null,
    windows jsonb not null,
    saved_at timestamptz not null,
    primary key (person_id, on_date)
);
