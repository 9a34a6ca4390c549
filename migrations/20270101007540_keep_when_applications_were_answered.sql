-- Until when a host promised to answer, and when they first did: the host's own view of a year, and
-- the promise that their public page shows.
alter table applications add column promised_until timestamptz;
alter table applications add column first_answer_at timestamptz;

update applications a
   set promised_until = coalesce(a.due_at, a.submitted_at + make_interval(days => c.reply_days + 1)),
       first_answer_at = (select min(f.at) from facts f
                           where f.fact ->> 'application' = a.application_id::text
                             and f.fact ->> 'fact' in ('application_asked', 'application_accepted', 'application_declined'))
  from calls c
 where c.call_id = a.call_id;

create index applications_by_time on applications (call_id, submitted_at);
