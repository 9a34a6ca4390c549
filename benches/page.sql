-- Two hosts who are alike but for their imported busy time: 10 and 10,000 intervals of ten minutes in
-- the first half of random hours of 60 days, merged as imports keep them. Aki has a consultation with
-- each, and a sign-in whose token is :token.
\set ON_ERROR_STOP on
begin;
do $$ begin perform setseed(0.42); end $$;

insert into people (person_id, email, name, locale, time_zone, settled_at, host_since, slug, created_at)
values ('00000000-0000-7000-8000-000000000001', 'few@example.org', 'Few', 'en', 'Europe/Berlin', now(), now(), 'few', now()),
       ('00000000-0000-7000-8000-000000000002', 'many@example.org', 'Many', 'en', 'Europe/Berlin', now(), now(), 'many', now()),
       ('00000000-0000-7000-8000-000000000003', 'aki@example.org', 'Aki', 'en', 'America/New_York', now(), null, null, now());

insert into sign_ins (sign_in_id, person_id, token_hash, user_agent, created_at, seen_at, expires_at)
values (gen_random_uuid(), '00000000-0000-7000-8000-000000000003', sha256(:'token'), 'measure', now(), now(), now() + interval '1 day');

insert into availability (person_id, weekly, sessions_per_day, saved_at)
select person_id, jsonb_build_array(w, w, w, w, w, '[]'::jsonb, '[]'::jsonb), 3, now()
  from people, (values ('[{"from": "09:00", "to": "17:00"}]'::jsonb)) as hours (w)
 where host_since is not null;

insert into calls (call_id, owner_id, slug, locale, stage, title, why, scope, confidentiality, buffer_before_minutes, buffer_after_minutes, created_at, opened_at, stage_since)
select person_id, person_id, 'call', 'en', 'open', 'A call', 'Why', 'Scope', 'Stays here', 2, 1, now(), now(), now() from people where host_since is not null;
insert into call_hosts (call_id, person_id, may_decide, attends) select call_id, owner_id, true, true from calls;

insert into consultations (consultation_id, call_id, title, stage, stage_since, turn, turn_since, wished_minutes, opened_at, last_activity_at)
select call_id, call_id, 'A consultation', 'preparing', now(), 'guest', now(), 30, now(), now() from calls;
insert into participants (consultation_id, person_id, part, joined_at, confidentiality_version)
select consultation_id, '00000000-0000-7000-8000-000000000003', 'lead', now(), 1 from consultations;

insert into calendars (calendar_id, person_id, kind, name, origin, address, all_day, tentative, unanswered, is_soft, stage, fetched_at, good_at, created_at)
select person_id, person_id, 'feed', 'Calendar', 'https://calendar.example', '', 'as_marked', 'busy', 'busy', false, 'healthy', now(), now(), now()
  from people where host_since is not null;

with drawn as (
    select owner, date_trunc('day', now()) + floor(random() * 60 * 24) * interval '1 hour' + floor(random() * 20) * interval '1 minute' as start
      from (values ('00000000-0000-7000-8000-000000000001'::uuid, 10), ('00000000-0000-7000-8000-000000000002', 10000)) as load (owner, count),
           generate_series(1, load.count)
), merged as (
    select owner, unnest(range_agg(tstzrange(start, start + interval '10 minutes'))) as busy from drawn group by owner
)
insert into calendar_busy (calendar_id, starts, ends, events, flaws, flaw_count, read_at)
select owner, array_agg(lower(busy) order by busy), array_agg(upper(busy) order by busy), 0, '[]', 0, now() from merged group by owner;
commit;
