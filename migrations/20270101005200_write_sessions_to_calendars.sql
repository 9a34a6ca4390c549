-- The calendars of a CalDAV account, as its server lists them.
create table calendar_collections (
    collection_id uuid primary key,
    calendar_id uuid not null references calendars on delete cascade,
    path text not null,
    name text not null,
    is_writable boolean not null,
    -- The host's choice: whether what is in it takes their time.
    is_read boolean not null default true,
    listed_at timestamptz not null,
    constraint collections_are_listed_once unique (calendar_id, path)
);

-- Where a person's sessions are written: one calendar at most.
create table calendar_targets (
    person_id uuid primary key references people,
    collection_id uuid not null references calendar_collections on delete cascade,
    chosen_at timestamptz not null
);

create index calendar_targets_by_collection on calendar_targets (collection_id);

-- A session in a host's calendar: where it was put, and what was put there. The row is made before the
-- server is asked, so that what a process that died may have put there is still taken away.
create table calendar_objects (
    booking_id uuid not null references bookings,
    person_id uuid not null references people,
    collection_id uuid not null references calendar_collections on delete cascade,
    uid text not null,
    path text not null,
    etag text,
    sequence integer,
    starts_at timestamptz,
    written_at timestamptz,
    -- Why the last attempt failed.
    reason text,
    -- What the host did to it in their calendar, until they say what that means.
    strayed text,
    strayed_to timestamptz,
    primary key (booking_id, person_id),
    constraint calendar_objects_strayed_is_known check (strayed in ('missing', 'moved')),
    constraint written_objects_say_what check ((sequence is null) = (starts_at is null)),
    constraint written_objects_say_when check (sequence is null or written_at is not null)
);

create index calendar_objects_by_collection on calendar_objects (collection_id);

-- The origin to which a server pointed for its calendars, where nobody sent the password.
alter table calendars add column elsewhere text;
