-- What was wished beside the former text; null where an earlier release replaced the text alone.
alter table application_summaries
    add column wished_minutes integer,
    add column kinds text[],
    add column locale text;
