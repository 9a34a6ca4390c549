-- Why a booking was moved, or another time asked for: the last one's word.
alter table bookings add column move_reason text;
