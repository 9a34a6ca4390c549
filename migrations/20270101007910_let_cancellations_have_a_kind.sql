-- Why a consultation was cancelled, by kind; those of before have none.
alter table consultations add column cancel_kind text;
alter table consultations add constraint consultations_cancel_kind_is_known
    check (cancel_kind in ('not_needed', 'time', 'fit', 'other'));
