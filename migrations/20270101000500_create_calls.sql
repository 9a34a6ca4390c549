-- Published calls for applications and who hosts them.
create table calls (
    call_id uuid primary key,
    owner_id uuid not null references people,
    slug text not null,
    locale text not null,
    stage text not null,
    title text not null,
    why text not null,
    scope text not null,
    not_for text not null default '',
    vague_is_fine boolean not null default true,
    free_minutes integer not null default 30,
    longest_minutes integer not null default 60,
    reply_days integer not null default 7,
    capacity integer not null default 3,
    confidentiality text not null default '',
    confidentiality_version integer not null default 1,
    gift_text text not null default '',
    gift_url text,
    meeting_place text not null default '',
    step_minutes integer not null default 30,
    notice_minutes integer not null default 1440,
    horizon_days integer not null default 60,
    preparation_days integer not null default 0,
    buffer_before_minutes integer not null default 0,
    buffer_after_minutes integer not null default 0,
    sessions_per_day integer,
    sessions_per_week integer,
    revision integer not null default 1,
    created_at timestamptz not null,
    opened_at timestamptz,
    stage_since timestamptz not null,
    constraint calls_stage_is_known check (stage in ('draft', 'open', 'paused', 'closed', 'archived')),
    constraint calls_locale_is_known check (locale in ('ja', 'en')),
    constraint calls_slug_is_unique unique (owner_id, slug),
    constraint calls_reply_days_are_kept check (reply_days between 3 and 21),
    constraint calls_horizon_is_within_import check (horizon_days between 1 and 150),
    constraint calls_that_opened_say_when check (stage = 'draft' or opened_at is not null)
);

create table call_topics (
    call_id uuid not null references calls on delete cascade,
    position integer not null,
    group_name text not null,
    name text not null,
    primary key (call_id, position)
);

create table call_kinds (
    call_id uuid not null references calls on delete cascade,
    kind text not null,
    primary key (call_id, kind),
    constraint call_kinds_are_known check (kind in ('talk', 'review', 'career', 'architecture', 'debugging', 'clarifying'))
);

create table call_hosts (
    call_id uuid not null references calls on delete cascade,
    person_id uuid not null references people,
    may_decide boolean not null,
    attends boolean not null,
    primary key (call_id, person_id)
);

create index call_hosts_by_person on call_hosts (person_id);
