-- How a person wants mails of a topic; without a row they come at once.
create table notification_settings (
    person_id uuid not null references people on delete cascade,
    topic text not null,
    delivery text not null,
    primary key (person_id, topic),
    constraint notification_settings_delivery_is_known check (delivery in ('at_once', 'daily', 'never')),
    constraint what_needs_an_answer_comes check (not (topic = 'turn' and delivery = 'never'))
);

alter table people add column digest_hour smallint not null default 8
    constraint people_digest_hour_is_one check (digest_hour between 0 and 23);

-- What stands in a mail of a day. One a mail that would have gone at once, so that a job that runs
-- twice tells once.
create table digest_entries (
    job_id uuid primary key,
    person_id uuid not null references people on delete cascade,
    due_at timestamptz not null,
    subject text not null,
    url text not null,
    at timestamptz not null
);

create index digest_entries_by_person on digest_entries (person_id, due_at, at);

-- Keys of the links by which one says no to mails of a topic, stored hashed.
create table unsubscribe_keys (
    key_hash bytea primary key,
    person_id uuid not null references people on delete cascade,
    topic text not null,
    created_at timestamptz not null
);

create index unsubscribe_keys_by_age on unsubscribe_keys (created_at);
