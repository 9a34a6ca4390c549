-- A change of the run sheet can be taken back: the block that it added, or what stood at the block before.
alter table improvements
    add column adds_block boolean not null default false,
    add column origin_before text,
    add column because_before text,
    add constraint improvements_origin_before_is_known check (origin_before in ('default', 'host', 'feedback'));
