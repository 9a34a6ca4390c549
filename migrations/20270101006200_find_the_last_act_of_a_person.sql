-- When a person last did anything: calls rest while their hosts are away.
create index facts_by_actor on facts (actor_id, at) where actor_id is not null;
