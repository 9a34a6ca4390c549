-- Whatever ends all sign-ins of a person counts the epoch up: one that is being made at that moment ends, too.
alter table people add column epoch integer not null default 0;

-- A release that knows no epochs writes none.
alter table sign_ins
    add column epoch integer,
    add column confirmed_at timestamptz,
    add column factor_at timestamptz;
