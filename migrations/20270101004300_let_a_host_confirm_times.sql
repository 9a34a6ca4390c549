-- A call may ask its host before a time is booked.
alter table calls
    add column mode text not null default 'at_once',
    add constraint calls_mode_is_known check (mode in ('at_once', 'host_confirms'));
