-- Who asks and who answers depends on the side that an item came from.
alter table items add column side text not null default 'guest';
alter table items alter column side drop default;
alter table items add constraint items_side_is_known check (side in ('host', 'guest'));
