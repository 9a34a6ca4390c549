-- What administrators do about a thing itself, each with the reason that those concerned read.
create table measures (
    measure_id uuid primary key,
    act text not null,
    object_id uuid not null,
    reason text not null,
    taken_by uuid not null references people,
    taken_at timestamptz not null,
    constraint measures_act_is_known
        check (act in ('remove_participant', 'remove_material', 'remove_calendar', 'hide_report', 'withdraw_report')),
    constraint measures_have_a_reason check (reason <> '')
);

create index measures_by_object on measures (object_id);
