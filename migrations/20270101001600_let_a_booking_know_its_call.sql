-- Limits of one call are counted by its bookings, which stay when the consultation ends.
alter table bookings add column call_id uuid not null references calls;
create index bookings_by_consultation on bookings (consultation_id);
create index commitments_by_person on commitments (person_id);
