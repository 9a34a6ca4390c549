-- What happened on the day, and what is to be done after it.
create table sessions (
    consultation_id uuid primary key references consultations,
    planned_minutes integer,
    started_at timestamptz,
    ended_at timestamptz,
    actual_minutes integer,
    takeaways text not null default '',
    takeaways_revision integer not null default 0,
    absent_side text,
    no_show_by uuid references people,
    no_show_at timestamptz,
    constraint sessions_absent_side_is_known check (absent_side in ('host', 'guest'))
);

create table run_blocks (
    block_id uuid primary key,
    consultation_id uuid not null references consultations,
    position integer not null,
    kind text not null,
    item_id uuid references items,
    minutes integer not null,
    stage text not null,
    started_at timestamptz,
    ended_at timestamptz,
    note text not null default '',
    note_revision integer not null default 0,
    constraint run_blocks_kind_is_known check (kind in ('ice_break', 'background', 'topic', 'screen_share', 'next_actions')),
    constraint run_blocks_stage_is_known check (stage in ('todo', 'running', 'done', 'skipped')),
    constraint run_blocks_have_an_order unique (consultation_id, position) deferrable initially deferred
);

create table actions (
    action_id uuid primary key,
    consultation_id uuid not null references consultations,
    owner_id uuid not null references people,
    what text not null,
    due_on date,
    stage text not null,
    reason text,
    created_by uuid not null references people,
    created_at timestamptz not null,
    stage_since timestamptz not null,
    constraint actions_stage_is_known check (stage in ('open', 'done', 'dropped')),
    constraint dropped_actions_say_why check (stage <> 'dropped' or reason is not null)
);

create index actions_by_consultation on actions (consultation_id);
create index actions_by_owner on actions (owner_id) where stage = 'open';
