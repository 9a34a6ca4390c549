-- Six open questions for each participant, consent to quote for each answer, what is owed after.
create table feedback (
    feedback_id uuid primary key,
    consultation_id uuid not null references consultations,
    person_id uuid not null references people,
    form_version integer not null,
    locale text not null,
    stage text not null,
    invited_at timestamptz not null,
    submitted_at timestamptz,
    changed_at timestamptz,
    revision integer not null default 0,
    constraint feedback_stage_is_known check (stage in ('invited', 'draft', 'submitted', 'amended', 'locked', 'skipped', 'expired')),
    constraint feedback_once_per_person unique (consultation_id, person_id)
);

create table feedback_answers (
    feedback_id uuid not null references feedback,
    question integer not null,
    body text not null,
    administrators_only boolean not null default false,
    primary key (feedback_id, question),
    constraint feedback_has_six_questions check (question between 1 and 6)
);

create table quotes (
    quote_id uuid primary key,
    feedback_id uuid not null references feedback,
    question integer not null,
    excerpt text not null,
    stage text not null,
    granted_at timestamptz,
    revoked_at timestamptz,
    constraint quotes_stage_is_known check (stage in ('offered', 'requested', 'granted', 'refused', 'revoked', 'stale')),
    constraint granted_quotes_say_when check (stage <> 'granted' or granted_at is not null)
);

create unique index quotes_once_per_answer on quotes (feedback_id, question) where stage in ('offered', 'requested', 'granted');

create table follow_ups (
    follow_up_id uuid primary key,
    consultation_id uuid not null references consultations,
    recipient_id uuid not null references people,
    feedback_id uuid references feedback,
    what text not null,
    stage text not null,
    body text,
    html text,
    reason text,
    created_at timestamptz not null,
    stage_since timestamptz not null,
    constraint follow_ups_stage_is_known check (stage in ('suggested', 'owed', 'sent', 'read', 'dropped')),
    constraint sent_follow_ups_have_a_text check (stage not in ('sent', 'read') or body is not null),
    constraint dropped_follow_ups_say_why check (stage <> 'dropped' or reason is not null)
);

create index follow_ups_by_consultation on follow_ups (consultation_id);
