-- Who cancelled and why, and the planned start by which lateness is judged.
alter table consultations add column cancelled_by uuid references people;
alter table consultations add column cancel_reason text;
alter table consultations add column starts_at timestamptz;
