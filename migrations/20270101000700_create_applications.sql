-- Applications to calls, and the few posts before the decision.
create table applications (
    application_id uuid primary key,
    call_id uuid not null references calls,
    applicant_id uuid not null references people,
    former_id uuid references consultations,
    stage text not null,
    summary text not null,
    wished_minutes integer not null,
    locale text not null,
    confidentiality_version integer not null,
    submitted_at timestamptz not null,
    stage_since timestamptz not null,
    due_at timestamptz,
    decline_kind text,
    note text,
    revived boolean not null default false,
    consultation_id uuid references consultations,
    is_active boolean not null,
    constraint applications_stage_is_known check (stage in ('submitted', 'asked', 'waitlisted', 'accepted', 'declined', 'withdrawn', 'expired', 'lapsed', 'blocked')),
    constraint accepted_applications_have_a_consultation check ((stage = 'accepted') = (consultation_id is not null)),
    constraint declined_applications_say_the_kind check ((stage = 'declined') = (decline_kind is not null)),
    constraint waiting_for_the_host_has_an_end check (stage <> 'submitted' or due_at is not null)
);

create unique index applications_once_per_call on applications (call_id, applicant_id) where is_active;
create index applications_by_applicant on applications (applicant_id);
create index applications_by_call on applications (call_id, stage, due_at);
create index applications_by_consultation on applications (consultation_id);

create table application_kinds (
    application_id uuid not null references applications on delete cascade,
    kind text not null,
    primary key (application_id, kind)
);

create table application_posts (
    application_post_id uuid primary key,
    application_id uuid not null references applications on delete cascade,
    author_id uuid not null references people,
    body text not null,
    at timestamptz not null
);

create index application_posts_by_application on application_posts (application_id, at);
