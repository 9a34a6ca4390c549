-- Recovery codes come with the first factor of whichever kind.
alter table recovery_codes
    drop constraint recovery_codes_person_id_fkey,
    add constraint recovery_codes_person_id_fkey foreign key (person_id) references people on delete cascade;
