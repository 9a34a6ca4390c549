-- What a host reported of an application, with the words as they stood then: later edits and
-- deletions change nothing of it.
create table abuse_reports (
    abuse_report_id uuid primary key,
    application_id uuid not null references applications on delete cascade,
    reporter_id uuid not null references people,
    subject_id uuid not null references people,
    kind text not null,
    body text not null,
    evidence jsonb not null,
    stage text not null,
    created_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid references people,
    decision_note text,
    constraint abuse_reports_kind_is_known check (kind in ('selling', 'cheating', 'harassment', 'spam', 'other')),
    constraint abuse_reports_stage_is_known check (stage in ('open', 'dismissed', 'actioned')),
    constraint decided_abuse_reports_say_by_whom check ((stage = 'open') = (decided_at is null) and (decided_at is null) = (decided_by is null))
);

create unique index abuse_reports_one_is_open on abuse_reports (application_id) where stage = 'open';
create index abuse_reports_by_time on abuse_reports (created_at desc, abuse_report_id);

-- From whom a host takes no applications.
create table blocked_people (
    host_id uuid not null references people on delete cascade,
    person_id uuid not null references people on delete cascade,
    since timestamptz not null,
    primary key (host_id, person_id)
);
