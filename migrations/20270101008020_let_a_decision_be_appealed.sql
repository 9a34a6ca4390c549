-- A decision over a report of abuse may be appealed once by whom it went against. Beside the stage, that
-- the release before knows: it reads such a report as the decision that stands.
alter table abuse_reports
    add column triaged_at timestamptz,
    add column triaged_by uuid references people,
    add column appealed_at timestamptz,
    add column appealed_by uuid references people,
    add column appeal text,
    add column final_at timestamptz,
    add column final_by uuid references people,
    add column final_reason text,
    add constraint triaged_abuse_reports_say_by_whom check ((triaged_at is null) = (triaged_by is null)),
    add constraint decisions_alone_are_appealed
        check ((appealed_at is null) = (appealed_by is null) and (appealed_at is null) = (appeal is null) and (appealed_at is null or stage <> 'open')),
    add constraint appeals_alone_have_a_last_word
        check ((final_at is null) = (final_by is null) and (final_at is null) = (final_reason is null) and (final_at is null or appealed_at is not null));
