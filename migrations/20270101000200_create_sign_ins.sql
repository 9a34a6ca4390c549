-- A request for a mailed link, the links of its mail, and the browsers that are signed in.
create table sign_in_requests (
    sign_in_request_id uuid primary key,
    email text not null,
    locale text not null,
    attempt_hash bytea not null,
    code_hash bytea,
    code_tries integer not null default 0,
    next_path text not null,
    -- The link that a first start prints: whoever sits at the machine says their address.
    is_first boolean not null default false,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    spent_at timestamptz
);

create index sign_in_requests_by_email on sign_in_requests (lower(email), created_at);
create unique index sign_in_requests_by_attempt on sign_in_requests (attempt_hash);

create table sign_in_links (
    token_hash bytea primary key,
    sign_in_request_id uuid not null references sign_in_requests on delete cascade
);

create table sign_ins (
    sign_in_id uuid primary key,
    person_id uuid not null references people,
    token_hash bytea not null unique,
    user_agent text not null,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null
);

create index sign_ins_by_person on sign_ins (person_id);
