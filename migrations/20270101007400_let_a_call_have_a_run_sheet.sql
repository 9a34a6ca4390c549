-- The run sheet that the sessions of a call begin with. Each block says where it came from; a session
-- keeps what its blocks said when it was made.
create table run_sheets (
    call_id uuid primary key references calls,
    revision integer not null,
    changed_by uuid not null references people,
    changed_at timestamptz not null
);

create table run_sheet_blocks (
    call_id uuid not null references run_sheets,
    position integer not null,
    kind text not null,
    title text not null default '',
    minutes integer,
    is_on boolean not null default true,
    origin text not null default 'default',
    because text not null default '',
    primary key (call_id, position),
    constraint run_sheet_blocks_kind_is_known check (kind in ('ice_break', 'background', 'topic', 'screen_share', 'next_actions')),
    constraint run_sheet_blocks_origin_is_known check (origin in ('default', 'host', 'feedback')),
    constraint run_sheet_blocks_are_not_endless check (minutes between 0 and 240)
);

alter table run_blocks
    add column title text not null default '',
    add column origin text not null default 'default',
    add column because text not null default '',
    add constraint run_blocks_origin_is_known check (origin in ('default', 'host', 'feedback'));
