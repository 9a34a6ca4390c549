-- What a device signs with in place of a code, and what a browser was asked a moment ago.
create table passkeys (
    passkey_id uuid primary key,
    person_id uuid not null references people on delete cascade,
    -- Ten at most, also where two are added at once.
    place smallint not null,
    name text not null,
    credential bytea not null,
    public_key bytea not null,
    state bytea not null,
    counter bigint not null,
    -- How its device is reached, as the browser put it.
    transports smallint not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    constraint passkeys_are_of_one_person unique (credential),
    constraint passkeys_are_ten_at_most check (place between 1 and 10),
    constraint passkeys_have_a_place_each unique (person_id, place),
    constraint passkeys_have_names check (name <> ''),
    constraint passkeys_have_credentials check (octet_length(credential) between 16 and 1023),
    constraint passkeys_count_up check (counter between 0 and 4294967295)
);

create table passkey_ceremonies (
    passkey_ceremony_id bigint generated always as identity primary key,
    person_id uuid not null references people on delete cascade,
    kind text not null,
    sign_in_id uuid references sign_ins on delete cascade,
    attempt_hash bytea references factor_attempts on delete cascade,
    state bytea not null,
    expires_at timestamptz not null,
    constraint passkey_ceremonies_are_of_a_kind check (kind in ('adding', 'confirming', 'signing_in')),
    constraint passkey_ceremonies_are_of_one_browser check (num_nonnulls(sign_in_id, attempt_hash) = 1),
    constraint passkey_ceremonies_sign_in_by_their_attempt check ((kind = 'signing_in') = (attempt_hash is not null)),
    constraint passkey_ceremonies_are_one_of_a_sign_in unique (sign_in_id, kind),
    constraint passkey_ceremonies_are_one_of_an_attempt unique (attempt_hash)
);

create index passkey_ceremonies_by_person on passkey_ceremonies (person_id);
create index passkey_ceremonies_by_end on passkey_ceremonies (expires_at);
