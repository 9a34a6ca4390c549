-- Reports are found by their words as they are read: what a renderer escapes is read back, tags inside
-- of a word do not cut it, and tags between paragraphs do. The database derives the text at each
-- save, whichever release saves.
create function plain_text(html text) returns text
    language sql immutable strict parallel safe
    return replace(replace(replace(replace(replace(replace(
        regexp_replace(
            regexp_replace(html, '</?(p|br|pre|blockquote|ul|ol|li|h[1-6]|hr|table|thead|tbody|tr|th|td|div|section|header|footer|figure|figcaption|dl|dt|dd)(\s[^>]*)?/?>', ' ', 'gi'),
            '<[^>]*>', '', 'g'),
        '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&amp;', '&');

alter table reports add column published_text text generated always as (plain_text(published_html)) stored;

create index reports_by_plain_words on reports using gin (folded(title || ' ' || published_text) gin_trgm_ops)
    where stage = 'published';
