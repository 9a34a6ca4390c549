-- Whom the owner of a call asked by mail to host it together, and with which rights.
create table host_invitations (
    host_invitation_id uuid primary key,
    call_id uuid not null references calls on delete cascade,
    email text not null,
    may_decide boolean not null,
    attends boolean not null,
    token_hash bytea,
    invited_by uuid not null references people,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    declined_at timestamptz,
    revoked_at timestamptz,
    constraint host_invitations_are_found_by_token unique (token_hash)
);

create unique index host_invitations_wait_once on host_invitations (call_id, lower(email))
    where accepted_at is null and declined_at is null and revoked_at is null;
create index host_invitations_by_expiry on host_invitations (expires_at);
