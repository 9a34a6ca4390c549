-- What a person agreed to and took back, each as a row that nobody changes: the exact text by its hash.
create table consents (
    consent_id bigint generated always as identity primary key,
    person_id uuid not null references people on delete cascade,
    kind text not null,
    subject text not null,
    version text not null,
    text_hash bytea not null,
    act text not null,
    at timestamptz not null,
    constraint consents_kind_is_known check (kind in ('confidentiality', 'quote', 'report', 'policy')),
    constraint consents_act_is_known check (act in ('given', 'withdrawn'))
);

create index consents_by_person on consents (person_id, at desc);

create function refuse_other_consents() returns trigger language plpgsql as $$
begin
    raise exception 'a consent is never changed: it is withdrawn by another row';
end
$$;

create trigger consents_are_never_changed before update on consents
    for each row execute function refuse_other_consents();

-- The texts that people accepted, as they stood.
create table policy_versions (
    name text not null,
    version text not null,
    ja text not null,
    en text not null,
    since timestamptz not null,
    primary key (name, version),
    constraint policy_versions_name_is_known check (name in ('privacy', 'terms'))
);
