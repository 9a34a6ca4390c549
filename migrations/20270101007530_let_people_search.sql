-- Search by pieces of text: Japanese has no spaces, so trigrams and not words. The extension is
-- trusted: whoever owns the database may create it.
create extension if not exists pg_trgm;

-- NFKC in lower case, as `domain::search` folds; ＳＬＯ and SLO are the same.
create function folded(text text) returns text
    language sql immutable strict parallel safe
    return lower(normalize(text, NFKC));

create index posts_by_words on posts using gin (folded(body) gin_trgm_ops);
create index items_by_words on items using gin (folded(title) gin_trgm_ops);

-- What everyone may read of a published report, without its tags.
create function searchable(title text, html text) returns text
    language sql immutable strict parallel safe
    return folded(title || ' ' || regexp_replace(html, '<[^>]*>', ' ', 'g'));

create index reports_by_words on reports using gin (searchable(title, published_html) gin_trgm_ops)
    where stage = 'published';
