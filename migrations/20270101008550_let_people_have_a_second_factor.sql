-- The sealed key of an app that makes codes, recovery codes, and sign-ins that wait for a code.
create table second_factors (
    person_id uuid primary key references people on delete cascade,
    sealed bytea not null,
    last_step bigint not null default 0,
    created_at timestamptz not null,
    confirmed_at timestamptz
);

create table recovery_codes (
    person_id uuid not null references second_factors on delete cascade,
    code_hash bytea not null,
    spent_at timestamptz,
    primary key (person_id, code_hash)
);

create table factor_attempts (
    attempt_hash bytea primary key,
    person_id uuid not null references people on delete cascade,
    sign_in_request_id uuid not null references sign_in_requests on delete cascade,
    is_elsewhere boolean not null,
    tries integer not null default 0,
    expires_at timestamptz not null
);

create index factor_attempts_by_person on factor_attempts (person_id);
create index factor_attempts_by_request on factor_attempts (sign_in_request_id);
