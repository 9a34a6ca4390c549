-- The question-and-answer document: items, their threads, every revision of every post.
create table items (
    item_id uuid primary key,
    consultation_id uuid not null references consultations,
    author_id uuid not null references people,
    kind text not null,
    origin text not null,
    title text not null,
    stage text not null,
    stage_since timestamptz not null,
    position integer not null,
    created_at timestamptz not null,
    revision integer not null default 1,
    outcome_note text not null default '',
    constraint items_kind_is_known check (kind in ('topic', 'question', 'background')),
    constraint items_origin_is_known check (origin in ('written', 'live', 'carried')),
    constraint items_stage_is_known check (stage in ('asked', 'background_wanted', 'answered', 'for_session', 'covered', 'direction_given',
        'unresolved', 'next_time', 'settled', 'dropped'))
);

create index items_by_consultation on items (consultation_id, position);

create table posts (
    post_id uuid primary key,
    item_id uuid not null references items,
    author_id uuid not null references people,
    side text not null,
    round integer not null,
    body text not null,
    html text not null,
    revision integer not null default 1,
    created_at timestamptz not null,
    edited_at timestamptz,
    constraint posts_side_is_known check (side in ('host', 'guest'))
);

create index posts_by_item on posts (item_id, created_at);

create table post_revisions (
    post_id uuid not null references posts,
    revision integer not null,
    body text not null,
    author_id uuid not null references people,
    at timestamptz not null,
    primary key (post_id, revision)
);

create table visits (
    consultation_id uuid not null references consultations,
    person_id uuid not null references people,
    seen_at timestamptz not null,
    before_at timestamptz,
    primary key (consultation_id, person_id)
);
