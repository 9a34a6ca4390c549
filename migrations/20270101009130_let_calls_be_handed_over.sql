-- Whom the owner of a call asked to take it over. The row goes with the answer.
create table call_transfers (
    call_id uuid primary key references calls on delete cascade,
    to_id uuid not null references people,
    asked_by uuid not null references people,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    foreign key (call_id, to_id) references call_hosts on delete cascade
);
