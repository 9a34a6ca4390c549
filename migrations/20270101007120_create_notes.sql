-- Beside the document: what one participant tells the hosts alone, and what the hosts note for themselves.
create table private_notes (
    consultation_id uuid not null references consultations,
    person_id uuid not null references people,
    revision integer not null,
    body text not null,
    at timestamptz not null,
    primary key (consultation_id, person_id, revision)
);

create table host_notes (
    consultation_id uuid not null references consultations,
    revision integer not null,
    body text not null,
    author_id uuid not null references people,
    at timestamptz not null,
    primary key (consultation_id, revision)
);
