-- A series begins with its first publication; a report is written before that.
alter table reports alter column series_id drop not null;
