-- Work that was done for a form opens it once. Until a challenge expires, it must be known that it was spent.
create table spent_challenges (
    challenge_hash bytea primary key,
    expires_at timestamptz not null
);

create index spent_challenges_by_end on spent_challenges (expires_at);
