-- A post belongs to the main thread of its item, or to one of a few that stand beside it.
alter table posts add column thread text not null default 'main';
alter table posts add constraint posts_thread_is_known
    check (thread in ('main', 'motive', 'missing_skills', 'failed_attempts', 'thought_experiment'));
