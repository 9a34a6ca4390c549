//! Whether a page is valid HTML: parse errors of html5ever, and what a parser does not look at:
//! the content model, unique IDs, labels and links that lead somewhere, nothing inline or foreign.

use super::browser::Page;
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeSet;

/// Elements that phrases cannot contain.
const BLOCKS: [&str; 24] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "dl",
    "div",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// Elements that contain phrases alone.
const PHRASES: [&str; 18] = [
    "p", "h1", "h2", "h3", "h4", "span", "small", "strong", "em", "b", "i", "bdi", "button", "label", "summary", "dt",
    "code", "time",
];

/// Elements that take clicks, and so contain none that do.
const INTERACTIVE: [&str; 7] = ["a", "button", "select", "textarea", "details", "iframe", "label"];

/// What is wrong with a page, a line each.
pub fn faults(page: &Page) -> Vec<String> {
    let html = page.html();
    let mut found: Vec<String> = html.errors.iter().map(|error| error.to_string()).collect();
    for element in html.root_element().descendent_elements() {
        found.extend(misplaced(element));
        found.extend(inline_or_foreign(element));
    }
    found.extend(references(&html));
    found.extend(outline(&html));
    // A message that was not given what it tells shows the name of its argument instead.
    found.extend(page.text().split("{$").skip(1).map(|rest| format!("nothing was said for {{${rest:.12}")));
    found
}

fn misplaced(element: ElementRef<'_>) -> Option<String> {
    let name = element.value().name();
    let parent = element.parent().and_then(ElementRef::wrap).map(|p| p.value().name()).unwrap_or_default();
    let above = || element.ancestors().filter_map(ElementRef::wrap).map(|e| e.value().name());
    let phrase = above().find(|above| PHRASES.contains(above));
    let fits = match name {
        "li" => matches!(parent, "ul" | "ol"),
        "dt" | "dd" => matches!(parent, "dl" | "div"),
        "legend" => parent == "fieldset" && element.prev_siblings().all(|s| ElementRef::wrap(s).is_none()),
        "summary" => parent == "details" && element.prev_siblings().all(|s| ElementRef::wrap(s).is_none()),
        "option" => matches!(parent, "select" | "optgroup"),
        _ => match parent {
            "ul" | "ol" => false,
            "dl" => name == "div",
            _ => true,
        },
    };
    if !fits {
        return Some(format!("<{name}> in <{parent}>"));
    }
    if let Some(phrase) = phrase.filter(|_| BLOCKS.contains(&name)) {
        return Some(format!("<{name}> in the phrase <{phrase}>"));
    }
    let around = above().find(|above| matches!(*above, "a" | "button"));
    around.filter(|_| INTERACTIVE.contains(&name)).map(|around| format!("<{name}> in <{around}>"))
}

fn inline_or_foreign(element: ElementRef<'_>) -> Vec<String> {
    let name = element.value().name();
    let mut found = Vec::new();
    if name == "style" || (name == "script" && element.value().attr("src").is_none()) {
        found.push(format!("<{name}> inline"));
    }
    for (attribute, value) in element.value().attrs() {
        if attribute == "style" || attribute.starts_with("on") {
            found.push(format!("{attribute}= on <{name}>"));
        }
        // An address that a page calls its own is named and not fetched.
        let is_named = element.value().attr("rel") == Some("canonical");
        let is_fetched = attribute == "src" || (attribute == "href" && name == "link" && !is_named);
        if is_fetched && !value.starts_with('/') {
            found.push(format!("<{name}> fetches {value}"));
        }
    }
    found
}

/// IDs are given once, and what refers to one finds it.
fn references(html: &Html) -> Vec<String> {
    let mut found = Vec::new();
    let mut ids = BTreeSet::new();
    let elements = || html.root_element().descendent_elements();
    for id in elements().filter_map(|e| e.value().attr("id")) {
        if id.is_empty() || id.contains(char::is_whitespace) {
            found.push(format!("id=\"{id}\""));
        }
        if !ids.insert(id) {
            found.push(format!("id {id} twice"));
        }
    }
    for element in elements() {
        for (attribute, value) in element.value().attrs() {
            let wanted: Vec<&str> = match attribute {
                "for" | "form" | "list" => vec![value],
                "aria-describedby" | "aria-labelledby" | "aria-controls" => value.split_whitespace().collect(),
                "href" => value.strip_prefix('#').into_iter().collect(),
                _ => Vec::new(),
            };
            let missing = wanted.into_iter().filter(|id| !ids.contains(id));
            found.extend(missing.map(|id| format!("{attribute} names {id}, which is nowhere")));
        }
    }
    found.extend(unlabelled(html));
    found
}

/// Whatever is filled in has a name for those who do not see it.
fn unlabelled(html: &Html) -> Vec<String> {
    let fields = Selector::parse("input:not([type=hidden]), select, textarea").unwrap();
    let labels = Selector::parse("label[for]").unwrap();
    let named: BTreeSet<&str> = html.select(&labels).filter_map(|label| label.value().attr("for")).collect();
    let has_name = |field: &ElementRef<'_>| {
        field.value().attr("aria-label").is_some()
            || field.value().attr("id").is_some_and(|id| named.contains(id))
            || field.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "label")
    };
    html.select(&fields).filter(|field| !has_name(field)).map(|field| format!("no label: {}", field.html())).collect()
}

/// One title, one heading above all, none left out below.
fn outline(html: &Html) -> Vec<String> {
    let mut found = Vec::new();
    let headings = Selector::parse("h1, h2, h3, h4, h5, h6").unwrap();
    let levels: Vec<u8> = html.select(&headings).map(|heading| heading.value().name().as_bytes()[1] - b'0').collect();
    let ones = levels.iter().filter(|level| **level == 1).count();
    if ones != 1 {
        found.push(format!("{ones} h1"));
    }
    let skips = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1);
    found.extend(skips.map(|pair| format!("h{} after h{}", pair[1], pair[0])));
    let title = Selector::parse("title").unwrap();
    if html
        .select(&title)
        .filter(|t| t.parent().is_some_and(|p| ElementRef::wrap(p).is_some_and(|p| p.value().name() == "head")))
        .count()
        != 1
    {
        found.push("not one title".to_owned());
    }
    let root = html.root_element();
    if root.value().attr("lang").is_none_or(str::is_empty) {
        found.push("no lang".to_owned());
    }
    found
}
