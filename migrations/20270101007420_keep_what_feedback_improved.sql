-- What the hosts of a call changed because of an answer, and where. The answer is known to the table
-- alone: no page leads from a change to the person.
create table improvements (
    improvement_id uuid primary key,
    call_id uuid not null references calls,
    feedback_id uuid references feedback,
    question integer,
    place text not null,
    change text not null,
    because text not null,
    is_public boolean not null default false,
    stage text not null,
    written_by uuid not null references people,
    written_at timestamptz not null,
    constraint improvements_place_is_known check (place in ('process', 'run_sheet')),
    constraint improvements_stage_is_known check (stage in ('recorded', 'withdrawn')),
    constraint improvements_come_from_answers_4_and_5 check (question in (4, 5))
);

create index improvements_by_call on improvements (call_id);
