-- Anonymised, numbered reports: drafts, approvals of exact versions, quotes used, publication.
create table report_series (
    series_id uuid primary key,
    call_id uuid not null unique references calls,
    slug text not null unique,
    prefix text not null,
    last_number integer not null default 0
);

create table reports (
    report_id uuid primary key,
    consultation_id uuid not null unique references consultations,
    series_id uuid not null references report_series,
    number integer,
    stage text not null,
    stage_since timestamptz not null,
    locale text not null,
    title text not null,
    body text not null,
    month text not null default '',
    revision integer not null default 1,
    published_html text,
    published_at timestamptz,
    created_at timestamptz not null,
    constraint reports_stage_is_known check (stage in ('draft', 'in_preview', 'changes_wanted', 'approved', 'published', 'hidden', 'withdrawn')),
    constraint reports_number_is_never_reused unique (series_id, number),
    constraint published_reports_have_a_number check (stage not in ('published', 'hidden', 'withdrawn') or number is not null)
);

create table report_quotes (
    report_id uuid not null references reports,
    quote_id uuid not null references quotes,
    excerpt text not null,
    role text not null default '',
    primary key (report_id, quote_id)
);

create table report_previews (
    report_id uuid not null references reports,
    revision integer not null,
    person_id uuid not null references people,
    token_hash bytea not null unique,
    must_approve boolean not null,
    answer text,
    remark text,
    answered_at timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (report_id, revision, person_id),
    constraint report_previews_answer_is_known check (answer in ('approved', 'changes_wanted', 'revoked'))
);
