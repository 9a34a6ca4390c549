//! What people write in Markdown becomes HTML that cannot harm: raw HTML off, links to https and
//! mail alone, no images, then a sanitizer.

#[cfg(test)]
#[path = "../../tests/it/support/payloads.rs"]
mod payloads;

use askama::filters::HtmlSafe;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

/// Depth of nested quotes and lists after which the rest is plain text.
const DEEPEST: usize = 32;

/// Rendered Markdown. Only this module makes it; templates show it unescaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Markup that this module rendered before and a slice stored.
    pub fn stored(html: String) -> Self {
        Self(html)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "p",
        "br",
        "strong",
        "em",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))].into())
        .generic_attributes(HashSet::new())
        .clean_content_tags(HashSet::from(["script", "style", "math", "svg", "noscript", "template", "iframe"]))
        .url_schemes(HashSet::from(["https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener ugc"));
    builder
});

/// Renders CommonMark with tables and strike-through. Headings begin at the third level, as they
/// stand inside pages that have their own.
pub fn render(markdown: &str) -> Html {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let mut depth = 0usize;
    let events = parser.filter_map(move |event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Image { dest_url, .. }) => Some(Event::Text(CowStr::from(format!("{dest_url} ")))),
        Event::End(TagEnd::Image) => None,
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
        Event::Start(tag) => {
            depth += 1;
            (depth <= DEEPEST).then(|| Event::Start(lowered(tag)))
        }
        Event::End(tag) => {
            depth = depth.saturating_sub(1);
            (depth < DEEPEST).then(|| Event::End(lowered_end(tag)))
        }
        Event::SoftBreak => Some(Event::HardBreak),
        other => Some(other),
    });
    let mut out = Bounded { html: String::with_capacity(markdown.len() * 3 / 2), most: most(markdown) };
    let drawn = html::write_html_fmt(&mut out, events).map(|()| SANITIZER.clean(&out.html).to_string());
    match drawn {
        Ok(html) if html.len() <= most(markdown) => Html(html),
        _ => plain(markdown),
    }
}

/// Bytes of markup that a text may become: a short row of a table is filled up to the width of its head.
fn most(markdown: &str) -> usize {
    markdown.len() * 10 + 64
}

/// What would become too much is shown as it was typed.
fn plain(markdown: &str) -> Html {
    Html(format!("<p>{}</p>\n", ammonia::clean_text(markdown).replace("&#10;", "\n")))
}

struct Bounded {
    html: String,
    most: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if self.html.len() + part.len() > self.most {
            return Err(fmt::Error);
        }
        self.html.push_str(part);
        Ok(())
    }
}

fn lowered(tag: Tag<'_>) -> Tag<'_> {
    match tag {
        Tag::Heading { level, .. } => {
            Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() }
        }
        other => other,
    }
}

fn lowered_end(tag: TagEnd) -> TagEnd {
    match tag {
        TagEnd::Heading(level) => TagEnd::Heading(lower(level)),
        other => other,
    }
}

fn lower(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H3, H4, H5, H6};
    match level as usize {
        1 => H3,
        2 => H4,
        3 => H5,
        _ => H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn plain_markdown_is_drawn() {
        let html = render("# 題\n\n- **太字** と `code`\n\n> 引用\n次の行");
        assert_eq!(
            html.as_str(),
            "<h3>題</h3>\n<ul>\n<li><strong>太字</strong> と <code>code</code></li>\n</ul>\n<blockquote>\n<p>引用<br>\n次の行</p>\n</blockquote>\n"
        );
    }

    #[test]
    fn trust_d02_nothing_outside_the_list_comes_through() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://example.org/x.png)",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,AAAA)",
            "[x](java&#115;cript:alert(1))",
            "<https://x\" onclick=alert(1)>",
            "[a]: javascript:alert(1)\n[a]",
            "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
            "<svg><a xlink:href=\"javascript:alert(1)\">x</a></svg>",
        ] {
            let html = render(hostile);
            let tree = scraper::Html::parse_fragment(html.as_str());
            let bad = scraper::Selector::parse(
                "script, img, style, svg, math, [onerror], [onclick], a[href^=javascript], a[href^=data]",
            )
            .unwrap();
            assert_eq!(tree.select(&bad).count(), 0, "{hostile} -> {html}");
            assert_eq!(SANITIZER.clean(html.as_str()).to_string(), html.as_str(), "{hostile}");
        }
    }

    #[test]
    fn trust_d03_the_corpus_stays_on_the_list_and_cleaning_it_again_changes_nothing() {
        let corpus = payloads::payloads();
        assert!(corpus.len() >= 500, "{} payloads", corpus.len());
        for hostile in &corpus {
            let html = render(hostile);
            let tree = scraper::Html::parse_fragment(html.as_str());
            for element in tree.root_element().descendent_elements().skip(1) {
                let allowed = match element.value().name() {
                    "a" => ["href", "rel"].as_slice(),
                    "ol" => ["start"].as_slice(),
                    "p" | "br" | "strong" | "em" | "del" | "code" | "pre" | "blockquote" | "ul" | "li" | "h3"
                    | "h4" | "h5" | "h6" | "hr" | "table" | "thead" | "tbody" | "tr" | "th" | "td" => [].as_slice(),
                    other => panic!("<{other}> of {hostile}: {html}"),
                };
                for (name, value) in element.value().attrs() {
                    assert!(allowed.contains(&name), "{name} of {hostile}: {html}");
                    let goes_out = value.starts_with("https:") || value.starts_with("mailto:");
                    assert!(name != "href" || goes_out, "{hostile} leads to {value}");
                }
            }
            assert_eq!(tree.root_element().inner_html(), html.as_str(), "parsed again: {hostile}");
            assert_eq!(SANITIZER.clean(html.as_str()).to_string(), html.as_str(), "cleaned again: {hostile}");
        }
    }

    #[test]
    fn links_carry_what_strangers_links_carry() {
        assert_eq!(
            render("[x](https://example.org/)").as_str(),
            "<p><a href=\"https://example.org/\" rel=\"nofollow noopener ugc\">x</a></p>\n"
        );
    }

    #[test]
    fn trust_d04_deep_nesting_ends_in_text() {
        // Without optimisation the same work takes some ten times as long.
        let most_millis = if cfg!(debug_assertions) { 500 } else { 50 };
        for deep in [">".repeat(10_000), "- ".repeat(5_000), "[".repeat(10_000), "*".repeat(10_000)] {
            let before = processor_time();
            assert!(render(&deep).as_str().len() <= most(&deep));
            let taken = processor_time() - before;
            assert!(taken.as_millis() <= most_millis, "{taken:?} for {}", &deep[..2]);
        }
    }

    /// What this thread has had of a processor so far.
    fn processor_time() -> Duration {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        Duration::from_nanos(told.split_whitespace().next().unwrap().parse().unwrap())
    }

    #[test]
    fn trust_d04_a_table_is_not_filled_beyond_what_was_typed() {
        let head = format!("{}|\n{}|\n", "|a".repeat(2_000), "|-".repeat(2_000));
        let wide = head + &"|b\n".repeat(2_000);
        let html = render(&wide);
        assert!(html.as_str().starts_with("<p>|a|a"), "{}", &html.as_str()[..40]);
        assert!(html.as_str().len() <= most(&wide));
        assert!(render("|a|b|\n|-|-|\n|c|\n").as_str().contains("<td></td>"), "an ordinary table is one");
    }

    #[test]
    fn trust_d04_the_plain_form_is_inert() {
        assert_eq!(plain("<b>\n&").as_str(), "<p>&lt;b&gt;\n&amp;</p>\n");
    }
}
