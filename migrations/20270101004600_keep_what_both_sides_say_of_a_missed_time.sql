-- What one side said of a missed time, and what the other says of that: shown to both, never judged.
create table no_shows (
    no_show_id uuid primary key,
    consultation_id uuid not null references consultations,
    absent_side text not null,
    said_by uuid not null references people,
    said_at timestamptz not null,
    contested_by uuid references people,
    contested_at timestamptz,
    contest_words text,
    constraint no_shows_absent_side_is_known check (absent_side in ('host', 'guest')),
    constraint contested_no_shows_say_when check ((contested_by is null) = (contested_at is null))
);

create index no_shows_by_consultation on no_shows (consultation_id);
