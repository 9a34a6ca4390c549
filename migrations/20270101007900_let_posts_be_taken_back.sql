-- What its author took back is empty in all its revisions; what the owner of a call removed, its author may still take along.
alter table posts add column taken_at timestamptz;
alter table posts add column taken_by uuid references people;
alter table posts add constraint taken_posts_say_by_whom check ((taken_at is null) = (taken_by is null));
alter table posts add constraint taken_posts_are_empty check (taken_at is null or (body = '' and html = ''));

create table removed_texts (
    post_id uuid primary key references posts,
    body text not null,
    kept_until timestamptz not null
);
