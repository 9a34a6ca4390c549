-- History and the queue: written in the transaction of the change itself.
create table facts (
    fact_id uuid primary key,
    fact jsonb not null,
    actor_id uuid,
    at timestamptz not null
);

create index facts_by_time on facts (at);

create table jobs (
    job_id uuid primary key,
    kind text not null,
    lane text not null,
    dedupe_key text,
    payload jsonb not null,
    stage text not null default 'waiting',
    attempt integer not null default 0,
    crashes integer not null default 0,
    run_at timestamptz not null,
    lease_until timestamptz,
    give_up_at timestamptz not null,
    last_error text,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint jobs_stage_is_known check (stage in ('waiting', 'done', 'failed')),
    constraint jobs_are_unique_by_key unique (dedupe_key)
);

create index jobs_to_do on jobs (lane, run_at, job_id) where stage = 'waiting';
create index jobs_failed on jobs (finished_at) where stage = 'failed';
