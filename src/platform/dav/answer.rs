//! What CalDAV servers answer: a multistatus (RFC 4918 section 13).

use crate::platform::http_client::{Failure, Fetched};
use roxmltree::{Document, Node, ParsingOptions};

const DAV: &str = "DAV:";
const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// Elements of one answer.
const MOST_NODES: u32 = 200_000;
/// Characters of a calendar's name that are kept.
const NAME_LENGTH: usize = 80;
/// Any of these lets an event be put into a collection (RFC 3744 section 3).
const WRITING: [&str; 4] = ["all", "write", "write-content", "bind"];

/// What a server says of one of its collections.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Collection {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) is_calendar: bool,
    pub(super) is_writable: bool,
    /// Whether it holds events; tasks and journals take nobody's time.
    pub(super) has_events: bool,
    pub(super) principal: Option<String>,
    pub(super) home: Option<String>,
}

/// Reads an answer; one with a document type (and so with entities) is none.
pub(super) fn read<T>(fetched: &Fetched, of: impl FnOnce(&Document<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
    let text = std::str::from_utf8(&fetched.body).map_err(|_| Failure::Kind)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|_| Failure::Kind)?;
    match document.root_element().has_tag_name((DAV, "multistatus")) {
        true => of(&document),
        false => Err(Failure::Kind),
    }
}

/// What is said of each resource.
pub(super) fn responses<'a, 'i>(document: &'a Document<'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    document.root_element().children().filter(|child| child.has_tag_name((DAV, "response")))
}

/// The calendar text of each resource. One that is named without its text would be taken for free
/// time.
pub(super) fn texts(document: &Document<'_>) -> Result<Vec<String>, Failure> {
    let text = |response: Node| find(response, CALDAV, "calendar-data")?.text().map(str::to_owned);
    responses(document).map(text).collect::<Option<Vec<String>>>().ok_or(Failure::Kind)
}

/// Address and ETag of the first resource that is there.
pub(super) fn first_object(document: &Document<'_>) -> Option<(String, Option<String>)> {
    let etag = |response: Node| find(response, DAV, "getetag")?.text().map(|etag| etag.trim().to_owned());
    // A resource that is gone stands with its status, and without properties (RFC 4918 14.24).
    responses(document).filter(|response| find(*response, DAV, "propstat").is_some()).map(|r| (href(r), etag(r))).next()
}

/// What is said of a collection.
pub(super) fn collection(response: Node<'_, '_>) -> Collection {
    let href_in = |space, name| {
        let href = find(find(response, space, name)?, DAV, "href")?.text()?.trim();
        (!href.is_empty()).then(|| href.to_owned())
    };
    let components = find(response, CALDAV, "supported-calendar-component-set").map(|set| {
        let named = |child: Node| child.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("VEVENT"));
        (set.children().filter(Node::is_element).count(), set.children().any(named))
    });
    let name = find(response, DAV, "displayname").and_then(|name| name.text()).unwrap_or_default();
    Collection {
        href: href(response),
        name: name.trim().chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect(),
        is_calendar: find(response, DAV, "resourcetype").is_some_and(|kind| find(kind, CALDAV, "calendar").is_some()),
        // A server that does not say lets it be tried, and holds everything.
        is_writable: find(response, DAV, "current-user-privilege-set").is_none_or(|set| {
            let is_silent = find(set, DAV, "privilege").is_none();
            is_silent || WRITING.iter().any(|name| find(set, DAV, name).is_some())
        }),
        has_events: components.is_none_or(|(count, has_events)| count == 0 || has_events),
        principal: href_in(DAV, "current-user-principal"),
        home: href_in(CALDAV, "calendar-home-set"),
    }
}

fn href(response: Node<'_, '_>) -> String {
    let href = response.children().find(|child| child.has_tag_name((DAV, "href")));
    href.and_then(|href| href.text()).unwrap_or_default().trim().to_owned()
}

fn find<'a, 'i>(node: Node<'a, 'i>, space: &str, name: &str) -> Option<Node<'a, 'i>> {
    node.descendants().find(|child| child.has_tag_name((space, name)))
}
