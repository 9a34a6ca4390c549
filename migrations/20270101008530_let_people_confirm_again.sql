-- A code that was mailed to ask a signed-in person again who they are.
create table confirmations (
    sign_in_id uuid primary key references sign_ins on delete cascade,
    code_hash bytea,
    tries integer not null default 0,
    asked_at timestamptz not null,
    expires_at timestamptz not null
);
