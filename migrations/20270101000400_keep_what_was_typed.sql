-- Drafts of forms, keys of forms that were sent, counters of rate limits, mails of a local instance.
create table drafts (
    person_id uuid not null references people on delete cascade,
    form text not null,
    subject text not null,
    fields jsonb not null,
    saved_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (person_id, form, subject)
);

create table visitor_drafts (
    address text not null,
    form text not null,
    subject text not null,
    fields jsonb not null,
    saved_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (address, form, subject)
);

create table once_keys (
    once_key uuid primary key,
    digest bytea not null,
    location text not null,
    spent_at timestamptz not null
);

create index once_keys_by_time on once_keys (spent_at);

create unlogged table limits (
    bucket text primary key,
    began_at timestamptz not null,
    count integer not null
);

create table mailbox (
    mailbox_id bigint generated always as identity primary key,
    message_id text not null,
    recipient text not null,
    subject text not null,
    text_part text not null,
    html_part text not null,
    calendar_part text,
    source text not null,
    sent_at timestamptz not null
);
