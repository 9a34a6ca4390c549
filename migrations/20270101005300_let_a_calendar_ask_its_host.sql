-- A calendar that is not in the way may have its host asked before a time in it is booked.
alter table calendars add column asks_host boolean not null default false;
alter table calendars add constraint only_soft_calendars_ask check (is_soft or not asks_host);
