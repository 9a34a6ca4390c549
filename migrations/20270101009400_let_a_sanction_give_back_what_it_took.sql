-- Whoever was kept from hosting hosts again once that is lifted, but only where the sanction took the grant.
alter table sanctions add column took_grant boolean not null default false;
