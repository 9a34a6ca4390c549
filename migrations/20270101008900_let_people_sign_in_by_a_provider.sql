-- Who somebody is at an issuer, and tries to show it: begun in one browser, spent by its one return.
create table identities (
    identity_id uuid primary key,
    person_id uuid not null references people on delete cascade,
    issuer text not null,
    subject text not null,
    linked_at timestamptz not null,
    constraint identities_are_of_one_person unique (issuer, subject),
    constraint identities_name_somebody check (issuer <> '' and subject <> '')
);

create index identities_by_person on identities (person_id);

create table provider_attempts (
    provider_attempt_id uuid primary key,
    issuer text not null,
    state_hash bytea not null,
    -- Of the browser that began.
    attempt_hash bytea not null,
    nonce text not null,
    -- The PKCE verifier.
    sealed bytea not null,
    next_path text not null,
    next_sealed bytea,
    -- Who wants to link; nobody where somebody wants to sign in.
    linking_id uuid references people on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    spent_at timestamptz,
    constraint provider_attempts_are_found_by_one_state unique (state_hash),
    constraint provider_attempts_end_after_they_begin check (expires_at > created_at)
);

create index provider_attempts_by_end on provider_attempts (expires_at);
create index provider_attempts_by_linking on provider_attempts (linking_id) where linking_id is not null;
