-- Archives of what an instance holds of a person: made by a job, one at a time for each, gone after a week.
create table exports (
    export_id uuid primary key,
    person_id uuid not null references people on delete cascade,
    stage text not null,
    asked_at timestamptz not null,
    ready_at timestamptz,
    ends_at timestamptz,
    file_key uuid unique,
    size bigint,
    constraint exports_stage_is_known check (stage in ('running', 'ready', 'gone')),
    constraint ready_exports_are_there check ((stage = 'ready') = (file_key is not null) and (file_key is null) = (size is null)),
    constraint ready_exports_end check (stage <> 'ready' or (ready_at is not null and ends_at is not null))
);

create unique index exports_run_once_at_a_time on exports (person_id) where stage = 'running';
create index exports_by_person on exports (person_id, asked_at desc);
create index exports_that_end on exports (ends_at) where stage = 'ready';
