-- Two documents of Aki's with Hana: 50 and 500 items of four posts each, whose sign-in has the token
-- :token; and the floor's page of questions and answers, filled with the 200 texts of the first.
\set ON_ERROR_STOP on
begin;
insert into people (person_id, email, name, locale, time_zone, settled_at, host_since, slug, created_at)
values ('00000000-0000-7000-8000-000000000001', 'hana@example.org', 'Hana', 'en', 'Asia/Tokyo', now(), now(), 'hana', now()),
       ('00000000-0000-7000-8000-000000000003', 'aki@example.org', 'Aki', 'en', 'America/New_York', now(), null, null, now());

insert into sign_ins (sign_in_id, person_id, token_hash, user_agent, created_at, seen_at, expires_at)
values (gen_random_uuid(), '00000000-0000-7000-8000-000000000003', sha256(:'token'), 'measure', now(), now(), now() + interval '1 day');

insert into calls (call_id, owner_id, slug, locale, stage, title, why, scope, confidentiality, created_at, opened_at, stage_since)
select person_id, person_id, 'call', 'en', 'open', 'A call', 'Why', 'Scope', 'Stays here', now(), now(), now() from people where host_since is not null;
insert into call_hosts (call_id, person_id, may_decide, attends) select call_id, owner_id, true, true from calls;

insert into consultations (consultation_id, call_id, title, stage, stage_since, turn, turn_since, wished_minutes, opened_at, last_activity_at)
select ('00000000-0000-7000-8000-00000000000' || n)::uuid, call_id, 'A consultation', 'preparing', now(), 'guest', now(), 30, now(), now()
  from calls, generate_series(1, 2) as n;
insert into participants (consultation_id, person_id, part, joined_at, confidentiality_version)
select consultation_id, '00000000-0000-7000-8000-000000000003', 'lead', now(), 1 from consultations;

create temporary table texts as
select d, i, p, gen_random_uuid() as post_id, 'Question ' || i || ': ' || repeat(md5((d * i)::text) || ' ', 3) as question,
       repeat(md5((i * 4 + p)::text) || ' & <b>words</b> ', 10) as answer
  from (values (1, 50), (2, 500)) as size (d, items), generate_series(1, size.items) as i, generate_series(1, 4) as p;

insert into items (item_id, consultation_id, author_id, side, kind, origin, title, stage, stage_since, position, created_at)
select gen_random_uuid(), ('00000000-0000-7000-8000-00000000000' || d)::uuid, '00000000-0000-7000-8000-000000000003', 'guest', 'question',
       'written', question, 'answered', now(), i, now() - interval '20 days'
  from texts where p = 1;
insert into posts (post_id, item_id, author_id, side, round, body, html, created_at)
select post_id, item_id, case p % 2 when 1 then '00000000-0000-7000-8000-000000000003'::uuid else '00000000-0000-7000-8000-000000000001' end,
       case p % 2 when 1 then 'guest' else 'host' end, 1 + p / 3, answer,
       '<p>' || replace(replace(replace(trim(answer), '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || E'</p>\n',
       now() - interval '20 days' + (i * 4 + p) * interval '7 minutes'
  from texts join items on position = i and consultation_id = ('00000000-0000-7000-8000-00000000000' || d)::uuid;
insert into post_revisions (post_id, revision, body, author_id, at) select post_id, 1, body, author_id, created_at from posts;
insert into visits (consultation_id, person_id, seen_at, before_at)
select consultation_id, '00000000-0000-7000-8000-000000000003', now() + interval '1 hour', now() - interval '7 days' from consultations;

create table qa (doc int not null, pos int not null, question text not null, answer text not null, primary key (doc, pos));
insert into qa select d, row_number() over (partition by d order by i, p), question, answer from texts;
commit;
analyze;
