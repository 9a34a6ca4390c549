-- What a host noted for themselves about a gift: no other table refers to it.
create table gifts (
    gift_id uuid primary key,
    host_id uuid not null references people,
    consultation_id uuid not null references consultations,
    what text not null,
    stage text not null,
    recorded_at timestamptz not null,
    thanked_at timestamptz,
    constraint gifts_stage_is_known check (stage in ('recorded', 'thanked')),
    constraint thanked_gifts_say_when check ((stage = 'thanked') = (thanked_at is not null))
);

create index gifts_by_host on gifts (host_id, recorded_at);
