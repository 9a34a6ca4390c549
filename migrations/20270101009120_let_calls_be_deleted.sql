-- What a host set for a call goes with it. Applications, consultations and series of reports keep it.
alter table run_sheet_blocks
    drop constraint run_sheet_blocks_call_id_fkey,
    add constraint run_sheet_blocks_call_id_fkey foreign key (call_id) references run_sheets on delete cascade;
alter table run_sheets
    drop constraint run_sheets_call_id_fkey,
    add constraint run_sheets_call_id_fkey foreign key (call_id) references calls on delete cascade;
alter table feedback_wordings
    drop constraint feedback_wordings_call_id_fkey,
    add constraint feedback_wordings_call_id_fkey foreign key (call_id) references calls on delete cascade;
alter table improvements
    drop constraint improvements_call_id_fkey,
    add constraint improvements_call_id_fkey foreign key (call_id) references calls on delete cascade;
