-- Those who left a consultation or were removed from it. Their rows of participants are gone, so that
-- whatever asks there knows at once; what they wrote, answered and allowed stays theirs.
create table former_participants (
    departure_id bigint generated always as identity primary key,
    consultation_id uuid not null references consultations,
    person_id uuid not null references people,
    part text not null,
    joined_at timestamptz not null,
    departed_at timestamptz not null,
    departed_by uuid not null references people,
    how text not null,
    constraint former_participants_how_is_known check (how in ('left', 'removed')),
    constraint who_left_did_so_alone check ((how = 'left') = (departed_by = person_id))
);

create index former_participants_by_consultation on former_participants (consultation_id);
create index former_participants_by_person on former_participants (person_id);
