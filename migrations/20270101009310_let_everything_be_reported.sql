-- Reports of abuse about anything but an application. In a table of their own: the release before reads every row
-- of abuse_reports as one of an application. What it is about is named without a reference, as the words are kept
-- when it goes.
create table complaints (
    complaint_id uuid primary key,
    object text not null,
    object_id uuid not null,
    consultation_id uuid,
    path text not null,
    reporter_id uuid not null references people,
    subject_id uuid not null references people,
    kind text not null,
    body text not null,
    evidence jsonb not null,
    stage text not null,
    created_at timestamptz not null,
    triaged_at timestamptz,
    triaged_by uuid references people,
    decided_at timestamptz,
    decided_by uuid references people,
    reason text,
    appealed_at timestamptz,
    appealed_by uuid references people,
    appeal text,
    final_at timestamptz,
    final_by uuid references people,
    final_reason text,
    constraint complaints_are_made_once unique nulls not distinct (reporter_id, object, object_id, consultation_id),
    constraint complaints_object_is_known check (object in ('item', 'post', 'material', 'person', 'report', 'call')),
    constraint complaints_in_a_consultation_name_it
        check ((object in ('item', 'post', 'material', 'person')) = (consultation_id is not null)),
    constraint complaints_are_about_others check (reporter_id <> subject_id),
    constraint complaints_kind_is_known check (kind in ('harassment', 'selling', 'spam', 'private', 'unlawful', 'other')),
    constraint complaints_stage_is_known check (stage in ('open', 'dismissed', 'actioned')),
    constraint triaged_complaints_say_by_whom check ((triaged_at is null) = (triaged_by is null)),
    constraint decided_complaints_say_by_whom_and_why
        check ((stage = 'open') = (decided_at is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (reason is null)),
    constraint decided_complaints_alone_are_appealed
        check ((appealed_at is null) = (appealed_by is null) and (appealed_at is null) = (appeal is null) and (appealed_at is null or stage <> 'open')),
    constraint appealed_complaints_alone_have_a_last_word
        check ((final_at is null) = (final_by is null) and (final_at is null) = (final_reason is null) and (final_at is null or appealed_at is not null)),
    constraint another_says_the_last_word_over_a_complaint check (final_by is distinct from decided_by or final_by is null)
);

create index complaints_by_time on complaints (created_at desc, complaint_id);
create index complaints_by_subject on complaints (subject_id);
