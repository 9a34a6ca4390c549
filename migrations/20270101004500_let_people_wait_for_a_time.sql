-- Consultations that found no fitting time wait for one, in order. What was offered when they began to
-- wait, or was declined since, does not count.
create table time_watches (
    consultation_id uuid primary key references consultations on delete cascade,
    person_id uuid not null references people,
    minutes integer not null,
    since timestamptz not null,
    passed timestamptz[] not null
);
