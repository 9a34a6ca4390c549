-- Proposed times, requests and offers are bookings that wait: each says why, and until when.
alter table bookings
    add column hold_kind text,
    add column held_until timestamptz,
    add constraint bookings_hold_kind_is_known check (hold_kind in ('candidate', 'request', 'offer')),
    add constraint held_bookings_say_why_and_until_when
        check (stage <> 'held' or (hold_kind is not null and held_until is not null));

create index bookings_held_by_consultation on bookings (consultation_id) where stage = 'held';
