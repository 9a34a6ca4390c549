-- What administrators do against abuse, each with its reason: sanctions over people, calls that are kept from
-- the public, and reading a consultation in an emergency, which ends by itself.
alter table people add column disabled_at timestamptz;

create table sanctions (
    sanction_id uuid primary key,
    person_id uuid not null references people,
    kind text not null,
    reason text not null,
    decided_by uuid not null references people,
    decided_at timestamptz not null,
    ends_at timestamptz,
    token_hash bytea,
    appeal text,
    appealed_at timestamptz,
    answer text,
    concluded_by uuid references people,
    concluded_at timestamptz,
    lifted_at timestamptz,
    constraint sanctions_kind_is_known check (kind in ('warning', 'applying', 'hosting', 'account')),
    constraint sanctions_are_found_by_token unique (token_hash),
    constraint appeals_have_a_text check ((appealed_at is null) = (appeal is null)),
    constraint conclusions_answer_an_appeal check (concluded_at is null or (appealed_at is not null and answer is not null and concluded_by is not null)),
    constraint appeals_are_concluded_by_another check (concluded_by is distinct from decided_by)
);

create index sanctions_by_person on sanctions (person_id, decided_at desc);

create table call_suspensions (
    call_id uuid not null references calls on delete cascade,
    reason text not null,
    suspended_by uuid not null references people,
    suspended_at timestamptz not null,
    lifted_at timestamptz,
    primary key (call_id, suspended_at)
);

create unique index calls_are_suspended_once on call_suspensions (call_id) where lifted_at is null;

create table emergency_readings (
    emergency_reading_id uuid primary key,
    consultation_id uuid not null references consultations,
    administrator_id uuid not null references people,
    reason text not null,
    began_at timestamptz not null,
    ends_at timestamptz not null,
    constraint emergency_readings_end check (ends_at > began_at and ends_at <= began_at + interval '30 minutes')
);

create index emergency_readings_by_consultation on emergency_readings (consultation_id, began_at desc);

create table settings (
    name text primary key,
    value text not null,
    set_by uuid not null references people,
    set_at timestamptz not null
);
