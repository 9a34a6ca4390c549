-- The last version that an administrator took out of sight: only a later one can be public again.
alter table reports add column barred_revision integer;
