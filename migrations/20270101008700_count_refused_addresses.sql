-- Servers that refuse an address three times in a row refuse it for good: nothing more is sent there.
create table refused_addresses (
    address      text primary key check (address = lower(address)),
    refusals     smallint not null check (refusals > 0),
    refused_at   timestamptz not null,
    suspended_at timestamptz
);
