alter table measures
    drop constraint measures_act_is_known,
    add constraint measures_act_is_known check (
        act in ('remove_participant', 'remove_material', 'remove_calendar', 'hide_report', 'withdraw_report', 'close_call')
    );
