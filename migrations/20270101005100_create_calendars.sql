-- Calendars that a host connected: where each is (sealed), how it is read, how the last readings went.
create table calendars (
    calendar_id uuid primary key,
    person_id uuid not null references people,
    kind text not null,
    name text not null,
    origin text not null,
    address bytea not null,
    all_day text not null,
    tentative text not null,
    unanswered text not null,
    is_soft boolean not null,
    stage text not null,
    round integer not null default 1,
    failures integer not null default 0,
    is_partial boolean not null default false,
    fetched_at timestamptz,
    good_at timestamptz,
    told_at timestamptz,
    reason text,
    etag text,
    last_modified text,
    created_at timestamptz not null,
    constraint calendars_kind_is_known check (kind in ('feed', 'caldav')),
    constraint calendars_stage_is_known check (stage in ('fetching', 'healthy', 'failing', 'incomplete')),
    constraint calendars_all_day_is_known check (all_day in ('as_marked', 'busy', 'free')),
    constraint calendars_tentative_is_known check (tentative in ('busy', 'free')),
    constraint calendars_unanswered_is_known check (unanswered in ('busy', 'free')),
    constraint failing_calendars_say_why check (stage <> 'failing' or reason is not null)
);

create index calendars_by_person on calendars (person_id);

-- The picture of a calendar in one row: rows, not hours, are what a page of times costs.
create table calendar_busy (
    calendar_id uuid primary key references calendars on delete cascade,
    starts timestamptz[] not null,
    ends timestamptz[] not null,
    events integer not null,
    flaws jsonb not null,
    flaw_count integer not null,
    read_at timestamptz not null,
    constraint busy_time_ends check (cardinality(starts) = cardinality(ends))
);
