-- How long before its start a guest may still move a booked time; giving it back later counts as late.
alter table calls
    add column change_notice_minutes integer not null default 0,
    add constraint calls_change_notice_is_kept check (change_notice_minutes between 0 and 10080);
