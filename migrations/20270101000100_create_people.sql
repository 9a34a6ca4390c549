-- Everyone who acts; parts are relative to calls and consultations.
create table people (
    person_id uuid primary key,
    email text not null,
    name text not null default '',
    locale text not null,
    time_zone text not null,
    settled_at timestamptz,
    host_since timestamptz,
    administrator_since timestamptz,
    slug text,
    about text not null default '',
    site_url text,
    created_at timestamptz not null,
    constraint people_locale_is_known check (locale in ('ja', 'en')),
    constraint people_slug_is_unique unique (slug),
    constraint hosts_have_a_slug check (host_since is null or slug is not null)
);

create unique index people_email_is_unique on people (lower(email));
