-- A call may ask the six questions in its own words. A wording is never changed: another is written
-- beside it, and an answer keeps the one that it was given to.
create table feedback_wordings (
    wording_id uuid primary key,
    call_id uuid not null references calls,
    locale text not null,
    version integer not null,
    questions text[] not null,
    written_by uuid not null references people,
    written_at timestamptz not null,
    constraint feedback_wordings_have_six_questions check (cardinality(questions) = 6),
    constraint feedback_wordings_once_per_version unique (call_id, locale, version)
);

create function refuse_other_words() returns trigger language plpgsql as $$
begin
    raise exception 'a wording is never changed: write another version';
end
$$;

create trigger feedback_wordings_are_never_changed before update on feedback_wordings
    for each row execute function refuse_other_words();

alter table feedback add column wording_id uuid references feedback_wordings;
