-- A calendar that is not in the way may have its host asked before a time in it is booked. Without a
-- constraint to that end: the release before this one sets the first mark alone.
alter table calendars add column asks_host boolean not null default false;
