-- When a person last did anything: calls rest while their hosts are away.
create index facts_by_actor on facts (actor_id, at) where actor_id is not null;

-- Calls that were opened before this release are looked at as well, at once.
insert into jobs (job_id, kind, lane, payload, run_at, give_up_at, created_at)
select gen_random_uuid(), 'calls.idle_check', 'ordinary', jsonb_build_object('call', call_id, 'day', null),
       stage_since, stage_since + interval '10 years', stage_since
  from calls where stage = 'open';
