//! Events of our own at a CalDAV server: calendar object resources (RFC 4791 sections 4.1 and 5.3).
//!
//! Nothing is written over unseen: a new one says `If-None-Match: *`, a known one names its ETag.
//! Where the server has another state, the event is looked for by its UID, which is the one name that
//! the host's programs keep, and that state is written over: when a session is, the booking says.

use super::answer::{first_object, read};
use super::{Account, Dav, Error, within};
use crate::platform::http_client::{Failure, Fetched, HttpClient, Request};
use hyper::body::Bytes;
use hyper::header;
use hyper::{Method, StatusCode};

/// Preconditions that failed, and an UID that is there under another name (RFC 4791 5.3.2.1).
const NOT_AS_THOUGHT: [StatusCode; 3] = [StatusCode::PRECONDITION_FAILED, StatusCode::CONFLICT, StatusCode::FORBIDDEN];
const NOT_THERE: [StatusCode; 3] = [StatusCode::PRECONDITION_FAILED, StatusCode::NOT_FOUND, StatusCode::GONE];

/// An event as it was last known.
pub struct Object<'a> {
    /// Path of its calendar.
    pub collection: &'a str,
    pub uid: &'a str,
    pub place: &'a Place,
}

/// Where an event is, by its path, and which state of it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub etag: Option<String>,
}

/// Puts an event there, or another state of it; gives where it is now.
pub async fn put(http: &HttpClient, account: &Account<'_>, object: &Object<'_>, text: String) -> Result<Place, Error> {
    within(async {
        let (dav, text) = (Dav::of(http, account)?, Bytes::from(text));
        if let Ok(place) = dav.put(object.place, text.clone()).await? {
            return Ok(place);
        }
        let found = dav.find(object.collection, object.uid).await?;
        let place = found.unwrap_or_else(|| Place { etag: None, ..object.place.clone() });
        match dav.put(&place, text).await? {
            Ok(place) => Ok(place),
            Err(StatusCode::FORBIDDEN) => Err(Failure::Denied.into()),
            Err(_) => Err(Failure::Status.into()),
        }
    })
    .await
}

/// Takes an event away; one that is not there any more is away.
pub async fn remove(http: &HttpClient, account: &Account<'_>, object: &Object<'_>) -> Result<(), Error> {
    within(async {
        let dav = Dav::of(http, account)?;
        if object.place.etag.is_some() && dav.delete(object.place).await? {
            return Ok(());
        }
        match dav.find(object.collection, object.uid).await? {
            None => Ok(()),
            Some(place) if dav.delete(&place).await? => Ok(()),
            Some(_) => Err(Failure::Status.into()),
        }
    })
    .await
}

/// Looks for an event by its UID in a calendar.
pub async fn find(
    http: &HttpClient,
    account: &Account<'_>,
    collection: &str,
    uid: &str,
) -> Result<Option<Place>, Error> {
    within(async { Dav::of(http, account)?.find(collection, uid).await }).await
}

impl Dav<'_> {
    /// The inner error where the server does not take it as it was meant: it has another state, or
    /// the UID under another name. Some also say 403 to what they never let in.
    async fn put(&self, place: &Place, text: Bytes) -> Result<Result<Place, StatusCode>, Error> {
        let at = self.of_account(&place.path)?;
        let condition = match &place.etag {
            Some(etag) => (header::IF_MATCH, etag.as_str()),
            None => (header::IF_NONE_MATCH, "*"),
        };
        let request = Request { method: Method::PUT, body: text, refusals: &NOT_AS_THOUGHT, ..self.request(&at) };
        let request = request.with(header::CONTENT_TYPE, Some("text/calendar; charset=utf-8"));
        let put = self.http.fetch(request.with(condition.0, Some(condition.1))).await?;
        Ok(match put.status {
            status if NOT_AS_THOUGHT.contains(&status) => Err(status),
            _ => Ok(Place { path: place.path.clone(), etag: strong_etag(&put) }),
        })
    }

    /// False where the server has another state than was thought.
    async fn delete(&self, place: &Place) -> Result<bool, Error> {
        let at = self.of_account(&place.path)?;
        let request = Request { method: Method::DELETE, refusals: &NOT_THERE, ..self.request(&at) };
        let deleted = self.http.fetch(request.with(header::IF_MATCH, place.etag.as_deref())).await?;
        Ok(deleted.status.is_success())
    }

    async fn find(&self, collection: &str, uid: &str) -> Result<Option<Place>, Error> {
        let uid = uid.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let body = format!(
            concat!(
                r#"<?xml version="1.0" encoding="utf-8"?>"#,
                r#"<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">"#,
                r#"<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">"#,
                r#"<C:prop-filter name="UID"><C:text-match collation="i;octet">{uid}</C:text-match></C:prop-filter>"#,
                r#"</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"#
            ),
            uid = uid,
        );
        let fetched = self.ask(b"REPORT", &self.of_account(collection)?, "1", body).await?;
        let Some((href, etag)) = read(&fetched, |document| Ok(first_object(document)))? else { return Ok(None) };
        Ok(Some(Place { path: self.of_account(&href)?.url().path().to_owned(), etag }))
    }
}

/// A weak ETag names no state of the bytes (RFC 9110 8.8.1).
fn strong_etag(put: &Fetched) -> Option<String> {
    put.header(header::ETAG).filter(|etag| !etag.starts_with("W/"))
}
