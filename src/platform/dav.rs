//! CalDAV (RFC 4791) as far as busy time and bookings need it: which calendars an account has, the
//! events of a stretch of time, and events of our own put there and taken away. Over [`HttpClient`],
//! so that filter and budgets are those of every way out.
//!
//! Credentials go to the origin that the host gave, and nowhere else: an answer that names another
//! one is refused, and so is a redirect to it. Why not a library: what there is brings a resolver of
//! its own, and asks in two steps what one query answers.

mod answer;
mod object;

pub use object::{Object, Place, find, put, remove};

use super::http_client::{Address, Failure, Fetched, HttpClient, Request};
use crate::domain::interval::Interval;
use answer::{Collection, read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use std::future::Future;
use std::time::Duration;
use thiserror::Error;

const KINDS: [&str; 2] = ["application/xml", "text/xml"];
const DEPTH: HeaderName = HeaderName::from_static("depth");
/// Where a server says where its calendars begin (RFC 6764 section 5).
const WELL_KNOWN: &str = "/.well-known/caldav";
/// Calendars of one account that are read.
const MOST: usize = 20;
/// Bytes of events of one account, as a feed may have.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// For all questions of one reading, or of one writing, together.
const TOTAL: Duration = Duration::from_secs(60);

/// An account at a server, or one calendar of it.
pub struct Account<'a> {
    pub address: &'a Address,
    pub user: &'a str,
    pub password: &'a str,
}

/// Why a server was not asked to the end.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    #[error(transparent)]
    Failed(#[from] Failure),
    /// It keeps the account at another origin, where nobody sent these credentials.
    #[error("elsewhere")]
    Elsewhere(String),
}

/// A calendar of an account, as its server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path at the account's origin.
    pub path: String,
    /// Empty where the server has no name for it.
    pub name: String,
    pub is_writable: bool,
}

/// What an account has.
pub struct Reading {
    pub calendars: Vec<Listed>,
    /// Calendar files one after the other.
    pub events: Vec<u8>,
}

/// The calendars of an account, and the events of those that are wanted (by path) that reach into a
/// window.
pub async fn events(
    http: &HttpClient,
    account: &Account<'_>,
    window: &Interval,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Reading, Error> {
    within(async {
        let dav = Dav::of(http, account)?;
        let (calendars, mut events) = (dav.calendars().await?, Vec::new());
        for calendar in calendars.iter().filter(|calendar| is_wanted(&calendar.path)) {
            dav.query(&dav.of_account(&calendar.path)?, window, &mut events).await?;
        }
        Ok(Reading { calendars, events })
    })
    .await
}

async fn within<T>(asking: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(TOTAL, asking).await.unwrap_or(Err(Failure::Timeout.into()))
}

struct Dav<'a> {
    http: &'a HttpClient,
    account: &'a Account<'a>,
    authorization: HeaderValue,
}

impl<'a> Dav<'a> {
    fn of(http: &'a HttpClient, account: &'a Account<'a>) -> Result<Self, Failure> {
        let pair = STANDARD.encode(format!("{}:{}", account.user, account.password));
        let mut authorization = HeaderValue::from_str(&format!("Basic {pair}")).map_err(|_| Failure::Denied)?;
        authorization.set_sensitive(true);
        Ok(Self { http, account, authorization })
    }

    /// The calendar itself, or all calendars of the account's home.
    async fn calendars(&self) -> Result<Vec<Listed>, Error> {
        let first = self.first().await?;
        if first.is_calendar {
            return Ok(vec![self.listed(first)?]);
        }
        let home = match (first.home, first.principal) {
            (Some(home), _) => home,
            (None, Some(principal)) => {
                let found = self.look(&self.of_account(&principal)?, "0").await?;
                found.into_iter().find_map(|collection| collection.home).ok_or(Failure::Kind)?
            }
            (None, None) => return Err(Failure::Kind.into()),
        };
        let found = self.look(&self.of_account(&home)?, "1").await?.into_iter();
        let calendars = found.filter(|collection| collection.is_calendar && collection.has_events);
        let calendars: Vec<Listed> = calendars.map(|found| self.listed(found)).collect::<Result<_, _>>()?;
        match calendars.len() {
            // An account without calendars is more likely one that was not understood.
            0 => Err(Failure::Kind.into()),
            1..=MOST => Ok(calendars),
            _ => Err(Failure::TooLarge.into()),
        }
    }

    /// What is at the address that the host gave; for the root of a server, where it says itself.
    async fn first(&self) -> Result<Collection, Error> {
        let given = self.account.address;
        let found = self.look(given, "0").await;
        let found = match found {
            Err(Error::Failed(Failure::Status | Failure::Gone | Failure::Kind)) if given.url().path() == "/" => {
                self.look(&self.of_account(WELL_KNOWN)?, "0").await?
            }
            found => found?,
        };
        Ok(found.into_iter().next().ok_or(Failure::Kind)?)
    }

    fn listed(&self, found: Collection) -> Result<Listed, Error> {
        let path = self.of_account(&found.href)?.url().path().to_owned();
        Ok(Listed { path, name: found.name, is_writable: found.is_writable })
    }

    /// An address that the server named, where the account's credentials may go.
    fn of_account(&self, href: &str) -> Result<Address, Error> {
        let given = self.account.address.url();
        let named = given.join(href).map_err(|_| Failure::Kind)?;
        match named.origin() == given.origin() {
            true => Ok(self.http.address(named.as_str())?),
            false if named.origin().is_tuple() => Err(Error::Elsewhere(named.origin().ascii_serialization())),
            // Not at a server at all.
            false => Err(Failure::Kind.into()),
        }
    }

    async fn look(&self, at: &Address, depth: &str) -> Result<Vec<Collection>, Error> {
        let body = concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:resourcetype/>"#,
            r#"<D:displayname/><D:current-user-principal/><D:current-user-privilege-set/><C:calendar-home-set/>"#,
            r#"<C:supported-calendar-component-set/></D:prop></D:propfind>"#
        );
        let fetched = self.ask(b"PROPFIND", at, depth, body.to_owned()).await?;
        Ok(read(&fetched, |document| Ok(answer::responses(document).map(answer::collection).collect()))?)
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
        for text in read(&fetched, answer::texts)? {
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
            body: Bytes::from(body),
            kinds: &KINDS,
            ..self.request(at)
        };
        let request =
            request.with(DEPTH, Some(depth)).with(header::CONTENT_TYPE, Some("application/xml; charset=utf-8"));
        self.http.fetch(request).await
    }

    /// A request with the credentials, which stays at their origin.
    fn request<'b>(&self, at: &'b Address) -> Request<'b> {
        Request { authorization: Some(self.authorization.clone()), stays: true, ..Request::get(at) }
    }
}
