//! CalDAV (RFC 4791) as far as reading needs it: which calendars an account has, and the events of a
//! stretch of time. Over [`HttpClient`], so that filter and budgets are those of every way out.
//!
//! Credentials go to the origin that the host gave, and nowhere else: an answer that names another
//! one is refused. Why not a library: what there is brings a resolver of its own, and asks in two
//! steps what one query answers.

use super::http_client::{Address, Failure, Fetched, HttpClient, Request};
use crate::domain::interval::Interval;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use roxmltree::{Document, Node, ParsingOptions};
use std::time::Duration;

const DAV: &str = "DAV:";
const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
const KINDS: [&str; 2] = ["application/xml", "text/xml"];
const DEPTH: HeaderName = HeaderName::from_static("depth");
/// Calendars of one account that are read.
const MOST: usize = 20;
/// Bytes of events of one account, as a feed may have.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// For all questions of one reading together.
const TOTAL: Duration = Duration::from_secs(60);
/// Elements of one answer.
const MOST_NODES: u32 = 200_000;

/// An account at a server, or one calendar of it.
pub struct Account<'a> {
    pub address: &'a Address,
    pub user: &'a str,
    pub password: &'a str,
}

/// All events of an account's calendars that reach into a window, as calendar files one after the
/// other.
pub async fn events(http: &HttpClient, account: &Account<'_>, window: &Interval) -> Result<Vec<u8>, Failure> {
    let reading = async {
        let dav = Dav { http, account, authorization: authorization(account)? };
        let mut events = Vec::new();
        for calendar in dav.calendars().await? {
            dav.query(&calendar, window, &mut events).await?;
        }
        Ok(events)
    };
    tokio::time::timeout(TOTAL, reading).await.unwrap_or(Err(Failure::Timeout))
}

fn authorization(account: &Account<'_>) -> Result<HeaderValue, Failure> {
    let pair = STANDARD.encode(format!("{}:{}", account.user, account.password));
    let mut value = HeaderValue::from_str(&format!("Basic {pair}")).map_err(|_| Failure::Denied)?;
    value.set_sensitive(true);
    Ok(value)
}

struct Dav<'a> {
    http: &'a HttpClient,
    account: &'a Account<'a>,
    authorization: HeaderValue,
}

/// What a server says of one of its collections.
#[derive(Debug, Default, PartialEq, Eq)]
struct Collection {
    href: String,
    is_calendar: bool,
    /// Whether it holds events; tasks and journals take nobody's time.
    has_events: bool,
    principal: Option<String>,
    home: Option<String>,
}

impl Dav<'_> {
    /// The calendar itself, or all calendars of the account's home.
    async fn calendars(&self) -> Result<Vec<Address>, Failure> {
        let given = self.account.address;
        let first = self.look(given, "0").await?.into_iter().next().ok_or(Failure::Kind)?;
        if first.is_calendar {
            return Ok(vec![given.clone()]);
        }
        let home = match (first.home, first.principal) {
            (Some(home), _) => home,
            (None, Some(principal)) => {
                let principal = self.of_account(&principal)?;
                let found = self.look(&principal, "0").await?;
                found.into_iter().find_map(|collection| collection.home).ok_or(Failure::Kind)?
            }
            (None, None) => return Err(Failure::Kind),
        };
        let found = self.look(&self.of_account(&home)?, "1").await?;
        let calendars = found.iter().filter(|collection| collection.is_calendar && collection.has_events);
        let calendars: Vec<Address> = calendars.map(|found| self.of_account(&found.href)).collect::<Result<_, _>>()?;
        match calendars.len() {
            // An account without calendars is more likely one that was not understood.
            0 => Err(Failure::Kind),
            1..=MOST => Ok(calendars),
            _ => Err(Failure::TooLarge),
        }
    }

    /// An address that the server named, where the account's credentials may go.
    fn of_account(&self, href: &str) -> Result<Address, Failure> {
        let given = self.account.address.url();
        let named = given.join(href).map_err(|_| Failure::Kind)?;
        match named.origin() == given.origin() {
            true => self.http.address(named.as_str()),
            false => Err(Failure::Policy),
        }
    }

    async fn look(&self, at: &Address, depth: &str) -> Result<Vec<Collection>, Failure> {
        let body = concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/>"#,
            r#"<D:current-user-principal/><C:calendar-home-set/><C:supported-calendar-component-set/>"#,
            r#"</D:prop></D:propfind>"#
        );
        let fetched = self.ask(b"PROPFIND", at, depth, body.to_owned()).await?;
        read(&fetched, |document| Ok(document.root_element().children().filter(is_response).map(collection).collect()))
    }

    /// Adds the events of one calendar that reach into a window.
    async fn query(&self, calendar: &Address, window: &Interval, events: &mut Vec<u8>) -> Result<(), Failure> {
        let (from, to) = (window.start().format("%Y%m%dT%H%M%SZ"), window.end().format("%Y%m%dT%H%M%SZ"));
        let body = format!(
            concat!(
                r#"<?xml version="1.0" encoding="utf-8"?>"#,
                r#"<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">"#,
                r#"<D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR">"#,
                r#"<C:comp-filter name="VEVENT"><C:time-range start="{from}" end="{to}"/></C:comp-filter>"#,
                r#"</C:comp-filter></C:filter></C:calendar-query>"#
            ),
            from = from,
            to = to,
        );
        let fetched = self.ask(b"REPORT", calendar, "1", body).await?;
        let found = read(&fetched, |document| {
            // One that is named without its text would be taken for free time.
            let text = |response: Node| find(response, CALDAV, "calendar-data")?.text().map(str::to_owned);
            let texts = document.root_element().children().filter(is_response).map(text);
            texts.collect::<Option<Vec<String>>>().ok_or(Failure::Kind)
        })?;
        for text in found {
            events.extend_from_slice(text.trim().as_bytes());
            events.extend_from_slice(b"\r\n");
        }
        match events.len() > MOST_BYTES {
            true => Err(Failure::TooLarge),
            false => Ok(()),
        }
    }

    async fn ask(&self, method: &[u8], at: &Address, depth: &str, body: String) -> Result<Fetched, Failure> {
        let request = Request {
            method: Method::from_bytes(method).map_err(|_| Failure::Kind)?,
            authorization: Some(self.authorization.clone()),
            body: Bytes::from(body),
            kinds: &KINDS,
            ..Request::get(at)
        };
        let request =
            request.with(DEPTH, Some(depth)).with(header::CONTENT_TYPE, Some("application/xml; charset=utf-8"));
        self.http.fetch(request).await
    }
}

fn is_response(node: &Node) -> bool {
    node.has_tag_name((DAV, "response"))
}

/// Reads an answer; one with a document type (and so with entities) is none.
fn read<T>(fetched: &Fetched, of: impl FnOnce(&Document) -> Result<T, Failure>) -> Result<T, Failure> {
    let text = std::str::from_utf8(&fetched.body).map_err(|_| Failure::Kind)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|_| Failure::Kind)?;
    match document.root_element().has_tag_name((DAV, "multistatus")) {
        true => of(&document),
        false => Err(Failure::Kind),
    }
}

fn find<'a, 'i>(node: Node<'a, 'i>, space: &str, name: &str) -> Option<Node<'a, 'i>> {
    node.descendants().find(|child| child.has_tag_name((space, name)))
}

fn collection(response: Node) -> Collection {
    let href_in = |space, name| {
        let href = find(find(response, space, name)?, DAV, "href")?.text()?.trim();
        (!href.is_empty()).then(|| href.to_owned())
    };
    let components = find(response, CALDAV, "supported-calendar-component-set").map(|set| {
        let named = |child: Node| child.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("VEVENT"));
        (set.children().filter(Node::is_element).count(), set.children().any(named))
    });
    Collection {
        href: response
            .children()
            .find(|child| child.has_tag_name((DAV, "href")))
            .and_then(|href| href.text())
            .unwrap_or_default()
            .trim()
            .to_owned(),
        is_calendar: find(response, DAV, "resourcetype").is_some_and(|kind| find(kind, CALDAV, "calendar").is_some()),
        // A server that does not say holds everything.
        has_events: components.is_none_or(|(count, has_events)| count == 0 || has_events),
        principal: href_in(DAV, "current-user-principal"),
        home: href_in(CALDAV, "calendar-home-set"),
    }
}
