-- A draft whose mail was opened is sent without any work: whoever sends it reads mail.
alter table drafts add column proven_at timestamptz;
