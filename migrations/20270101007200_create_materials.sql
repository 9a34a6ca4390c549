-- Links and files that the people of a consultation show one another. What is gone keeps its row
-- without what it was; a file lies in the data folder under its key.
create table materials (
    material_id uuid primary key,
    consultation_id uuid not null references consultations,
    owner_id uuid not null references people,
    stage text not null,
    title text not null,
    url text,
    file_key uuid unique,
    file_name text,
    media_type text,
    size bigint,
    sha256 bytea,
    created_at timestamptz not null,
    stage_since timestamptz not null,
    ends_at timestamptz,
    kept_until timestamptz,
    constraint materials_stage_is_known check (stage in ('checking', 'shared', 'refused', 'removed', 'purged')),
    constraint material_is_a_link_or_a_file check (url is null or file_key is null),
    constraint shared_material_is_there check (stage not in ('checking', 'shared') or url is not null or file_key is not null),
    constraint stored_files_are_described check (file_key is null or (file_name is not null and media_type is not null and size > 0 and sha256 is not null)),
    constraint material_that_goes_says_when check (stage in ('checking', 'shared') or kept_until is not null)
);

create index materials_by_consultation on materials (consultation_id);
create index materials_by_owner on materials (owner_id) where file_key is not null;
create index materials_that_end on materials (ends_at) where stage in ('checking', 'shared');
