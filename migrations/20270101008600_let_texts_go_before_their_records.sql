-- The text of a consultation or an application goes before the bare record of it: the record says since when.
alter table consultations add column purged_at timestamptz;
alter table applications add column purged_at timestamptz;
create index jobs_done on jobs (finished_at) where stage = 'done';
