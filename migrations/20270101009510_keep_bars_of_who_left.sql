-- What a host or an administrator kept somebody from who then left: it counts for a new account at the same address,
-- of which a keyed hash alone is kept.
create table bars (
    bar_id uuid primary key,
    address_hash bytea not null,
    kind text not null,
    by_id uuid not null references people on delete cascade,
    since timestamptz not null,
    ends_at timestamptz,
    kept_until timestamptz not null,
    constraint bars_kind_is_known check (kind in ('blocked', 'account', 'applying', 'hosting'))
);

create index bars_by_address on bars (address_hash);
