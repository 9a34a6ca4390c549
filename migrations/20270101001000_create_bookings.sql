-- Held and confirmed times, and the commitments that keep two of them from overlapping.
create extension if not exists btree_gist;

create table bookings (
    booking_id uuid primary key,
    consultation_id uuid not null references consultations,
    stage text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    minutes integer not null,
    buffer_before_minutes integer not null,
    buffer_after_minutes integer not null,
    host_zone text not null,
    wall_clock text not null,
    uid text not null,
    sequence integer not null,
    meeting_place text not null default '',
    booked_by uuid not null references people,
    booked_at timestamptz not null,
    cancelled_at timestamptz,
    cancelled_by uuid references people,
    cancel_reason text,
    was_late boolean not null default false,
    constraint bookings_stage_is_known check (stage in ('held', 'confirmed', 'cancelled', 'released')),
    constraint bookings_end_after_they_start check (starts_at < ends_at),
    constraint cancelled_bookings_say_when check ((stage = 'cancelled') = (cancelled_at is not null)),
    constraint bookings_uid_is_unique unique (uid)
);

create unique index consultations_have_one_confirmed_booking on bookings (consultation_id) where stage = 'confirmed';

create table booking_keys (
    booking_id uuid not null references bookings,
    person_id uuid not null references people,
    key_hash bytea not null primary key
);

create table commitments (
    booking_id uuid not null references bookings,
    person_id uuid not null references people,
    during tstzrange not null,
    stage text not null,
    held_until timestamptz,
    primary key (booking_id, person_id),
    constraint commitments_stage_is_known check (stage in ('held', 'confirmed')),
    constraint held_commitments_end check ((stage = 'held') = (held_until is not null)),
    constraint commitments_do_not_overlap exclude using gist (person_id with =, during with &&) where (stage in ('held', 'confirmed'))
);
