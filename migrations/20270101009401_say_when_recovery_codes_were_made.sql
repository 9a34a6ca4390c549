-- Whoever takes an account over can make codes anew: with the address they are undone. Those of before say
-- nothing.
alter table recovery_codes add column created_at timestamptz;
