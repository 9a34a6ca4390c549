-- What stayed unresolved, or was left for the next time, may be written about afterwards.
alter table follow_ups add column item_id uuid references items;
