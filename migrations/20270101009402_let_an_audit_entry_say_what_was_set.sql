-- That a setting changed says little without which, and to what: words of the program and numbers alone.
alter table audit_entries
    add column detail text,
    add constraint audit_entries_details_are_words check (detail ~ '^[a-z0-9_: -]{1,80}$');
