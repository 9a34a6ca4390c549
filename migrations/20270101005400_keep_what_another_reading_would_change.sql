-- What each other way of reading a calendar would free and take in the weeks ahead, as of the reading.
alter table calendar_busy add column otherwise jsonb not null default '[]';
