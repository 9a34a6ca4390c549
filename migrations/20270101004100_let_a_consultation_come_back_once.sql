-- A consultation that lapsed may be taken up again once.
alter table consultations add column revived boolean not null default false;
