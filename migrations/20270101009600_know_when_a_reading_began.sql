-- A reading that is under way, and one that was asked for and has not begun.
alter table calendars add column begun_at timestamptz;
alter table calendars add column asked_at timestamptz;
