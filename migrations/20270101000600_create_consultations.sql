-- The shared room of an accepted application: its people, where it stands, whose turn it is.
create table consultations (
    consultation_id uuid primary key,
    call_id uuid not null references calls,
    former_id uuid references consultations,
    title text not null,
    stage text not null,
    stage_since timestamptz not null,
    turn text not null,
    turn_since timestamptz not null,
    due_at timestamptz,
    rounds integer not null default 0,
    host_handed_over boolean not null default false,
    guest_handed_over boolean not null default false,
    goal text not null default '',
    goal_revision integer not null default 0,
    agreed_at timestamptz,
    resolution_proposed_at timestamptz,
    wished_minutes integer not null,
    opened_at timestamptz not null,
    last_activity_at timestamptz not null,
    constraint consultations_stage_is_known check (stage in ('preparing', 'ready', 'booked', 'in_session', 'held', 'no_show',
        'resolved_in_writing', 'closed', 'cancelled', 'lapsed')),
    constraint consultations_turn_is_known check (turn in ('host', 'guest'))
);

create index consultations_by_call on consultations (call_id);

create table participants (
    consultation_id uuid not null references consultations,
    person_id uuid not null references people,
    part text not null,
    joined_at timestamptz not null,
    confidentiality_version integer not null,
    primary key (consultation_id, person_id),
    constraint participants_part_is_known check (part in ('lead', 'member'))
);

create index participants_by_person on participants (person_id);
create unique index consultations_have_one_lead on participants (consultation_id) where part = 'lead';

create table invitations (
    invitation_id uuid primary key,
    consultation_id uuid not null references consultations,
    kind text not null,
    email text,
    token_hash bytea,
    invited_by uuid not null references people,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    declined_at timestamptz,
    revoked_at timestamptz,
    constraint invitations_kind_is_known check (kind in ('mail', 'team')),
    constraint mailed_invitations_have_an_address check ((kind = 'mail') = (email is not null)),
    constraint invitations_are_found_by_token unique (token_hash)
);

create index invitations_by_consultation on invitations (consultation_id);
