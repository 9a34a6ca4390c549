-- Words that shall never be printed, marks that a host let stand, passages that participants marked,
-- a day of publication, and when a version was published.
create table report_terms (
    consultation_id uuid not null references consultations,
    word text not null,
    person_id uuid not null references people,
    created_at timestamptz not null,
    primary key (consultation_id, word)
);

create table report_kept_marks (
    report_id uuid not null references reports,
    words text not null,
    kept_at timestamptz not null,
    primary key (report_id, words)
);

create table report_passages (
    passage_id uuid primary key,
    report_id uuid not null references reports,
    revision integer not null,
    person_id uuid not null references people,
    position integer not null,
    passage text not null,
    remark text not null,
    reply text,
    created_at timestamptz not null,
    solved_at timestamptz,
    constraint replies_end_a_passage check (reply is null or solved_at is not null)
);

create index report_passages_by_report on report_passages (report_id, created_at);

alter table reports add column publish_at timestamptz;
alter table reports add column version_published_at timestamptz;
alter table reports add column kinds text[] not null default '{}';
alter table reports add constraint only_approved_reports_wait check (publish_at is null or stage = 'approved');

-- The whole answer that an excerpt was picked from: consent is to the excerpt where it stands.
alter table quotes add column answer text;
alter table quotes add column requested_at timestamptz;
