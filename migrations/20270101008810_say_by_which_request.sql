-- From a page to what it changed, to the work that followed, to the mail: jobs that jobs make carry it on.
alter table facts add column request_id uuid;
alter table jobs add column request_id uuid;
create index facts_by_request on facts (request_id) where request_id is not null;
create index jobs_by_request on jobs (request_id) where request_id is not null;
