//! What every page is drawn in: asker, language, zone, the request's one `now`.

use super::Platform;
use super::asker::{Asker, SignedIn, visitor_locale};
use super::audit::Circumstances;
use super::db::{Read, Tx};
use super::error::{Answer, AppError};
use super::form::Fields;
use super::i18n::{Message, Speech, TimeTag, Told};
use super::{once, random};
use crate::domain::audit::{Action, Object, Outcome};
use crate::domain::person::Locale;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::HashSet;
use std::future::{Ready, ready};
use url::Url;

/// Everything a page knows of its request.
#[derive(Clone)]
pub struct Frame {
    pub platform: Platform,
    pub asker: Asker,
    pub speech: Speech,
    pub now: DateTime<Utc>,
    flash: Option<&'static str>,
    path: String,
    query: String,
    circumstances: Circumstances,
    chosen_language: bool,
}

/// Fixed keys of `?said=`, shown once as a notice; any other word is nothing.
const FLASHES: &[(&str, &str)] = &[
    ("saved", "flash-saved"),
    ("sent", "flash-sent"),
    ("done", "flash-done"),
    ("signed-out", "flash-signed_out"),
    ("revoked", "flash-revoked"),
    ("address", "flash-address"),
    ("unproven", "flash-unproven"),
    ("mailed", "flash-mailed"),
    ("moved", "flash-moved"),
    ("cancelled", "flash-cancelled"),
    ("published", "flash-published"),
    ("leaving", "flash-leaving"),
];

impl Frame {
    fn of(request: &HttpRequest) -> Self {
        let platform = request.app_data::<web::Data<Platform>>().expect("app.rs hands the platform to every request");
        let asker = request.extensions().get::<Asker>().cloned().unwrap_or(Asker::Visitor);
        let locale = asker.person().filter(|p| p.is_settled).map_or_else(|| visitor_locale(request), |p| p.locale);
        let zone = asker.person().map_or(chrono_tz::Asia::Tokyo, |p| p.zone.0);
        let said = url::form_urlencoded::parse(request.query_string().as_bytes()).find(|(k, _)| k == "said");
        let flash = said.and_then(|(_, said)| FLASHES.iter().find(|(word, _)| *word == said).map(|(_, key)| *key));
        Self {
            platform: platform.get_ref().clone(),
            asker,
            speech: Speech { locale, zone },
            now: platform.clock.now(),
            flash,
            path: request.path().to_owned(),
            circumstances: Circumstances::of(request),
            query: request.query_string().to_owned(),
            chosen_language: request.query_string().contains("language="),
        }
    }

    /// A value of the address's query; empty where there is none.
    pub fn asked(&self, name: &str) -> String {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(k, _)| k == name).map(|(_, v)| v.replace('\0', "")).unwrap_or_default()
    }

    /// A read-only transaction.
    pub async fn read(&self) -> Result<Read, AppError> {
        Read::begin(&self.platform.db).await
    }

    /// A change of state by the asker. A form that was sent before ends here with its first answer.
    pub async fn begin(&self, fields: &Fields) -> Result<Tx, AppError> {
        let tx = Tx::begin(&self.platform, self.asker.person().map(|p| p.id), self.now).await?;
        let mut tx = tx.within(self.circumstances.request);
        once::claim(&mut tx, fields, &self.path, self.asker.person().map(|p| p.id), self.now).await?;
        Ok(tx)
    }

    /// Hands in that a protection refused what was asked, about what the route names where nothing else is said.
    pub fn refused(&self, action: Action, object: Option<Object>) {
        let mut circumstances = self.circumstances.clone();
        circumstances.object = object.or(circumstances.object);
        self.platform.audit.hand_in(circumstances.entry(action, Outcome::Refused, self.now));
    }

    /// A message in the reader's language; `.with(name, value)` adds arguments.
    pub fn t(&self, key: &'static str) -> Told {
        self.speech.t(key)
    }

    /// A message that a rule or a form made.
    pub fn say(&self, message: &Message) -> Told {
        self.speech.say(message.clone())
    }

    /// The signed-in person, for the header.
    pub fn person(&self) -> Option<&SignedIn> {
        self.asker.person()
    }

    /// An instant as `<time>`: weekday, date, clock, zone.
    pub fn time(&self, instant: &DateTime<Utc>) -> TimeTag {
        TimeTag { instant: *instant, text: self.speech.moment(*instant) }
    }

    /// Start and end as `<time>`.
    pub fn span(&self, start: &DateTime<Utc>, end: &DateTime<Utc>) -> TimeTag {
        TimeTag { instant: *start, text: self.speech.span(*start, *end) }
    }

    /// The day of an instant as `<time>`.
    pub fn day(&self, instant: &DateTime<Utc>) -> TimeTag {
        TimeTag { instant: *instant, text: self.speech.day_of(*instant) }
    }

    /// The last day before an end, which is often a midnight.
    pub fn until(&self, end: &DateTime<Utc>) -> TimeTag {
        self.day(&(*end - TimeDelta::seconds(1)))
    }

    /// How far away the last day before an end is: only beside [`Frame::until`].
    pub fn relative_until(&self, end: &DateTime<Utc>) -> String {
        self.relative(&(*end - TimeDelta::seconds(1)))
    }

    /// Today on the reader's calendar.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.speech.zone).date_naive()
    }

    /// A calendar date.
    pub fn date(&self, date: &NaiveDate) -> String {
        self.speech.date(*date)
    }

    /// "in 3 days": only beside a date.
    pub fn relative(&self, instant: &DateTime<Utc>) -> String {
        self.speech.relative(*instant, self.now)
    }

    /// The reader's language as a BCP 47 tag.
    pub fn lang(&self) -> &'static str {
        self.speech.locale.as_str()
    }

    /// The notice of the redirect that led here.
    pub fn flash(&self) -> Option<Told> {
        self.flash.map(|key| self.t(key))
    }

    /// Key of a form, so that sending it twice does one thing.
    pub fn once(&self) -> String {
        random::key().to_string()
    }

    /// Address of a static file; changes with its content.
    pub fn asset(&self, name: &str) -> String {
        self.platform.assets.url(name)
    }

    /// Whether the mails of this instance are shown at `/mailbox`.
    pub fn has_mailbox(&self) -> bool {
        self.platform.config.is_local()
    }

    /// Where people reach whoever operates this instance, if that is set.
    pub fn contact(&self) -> Option<&str> {
        self.platform.config.contact.as_ref().map(Url::as_str)
    }

    /// Whether this is the page, or one below it.
    pub fn is_at(&self, path: &str) -> bool {
        self.path == path
            || (path.len() > 1 && self.path.strip_prefix(path).is_some_and(|below| below.starts_with('/')))
    }

    /// What the signed-in person is called in the header: their name, or the address until they chose one.
    pub fn own_name(&self) -> &str {
        self.person().map_or("", |p| if p.name.is_empty() { &p.email } else { &p.name })
    }

    /// The first letter of that.
    pub fn initial(&self) -> String {
        initial(self.own_name())
    }

    /// This page's path, for the way back after signing in.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same where the address of the request leads nowhere a second time.
    pub fn leading_to(self, path: &str, query: String) -> Self {
        Self { path: path.to_owned(), query, ..self }
    }

    /// The other languages of this page with its address in them.
    pub fn other_languages(&self) -> Vec<(Locale, String)> {
        let others = Locale::ALL.into_iter().filter(|l| *l != self.speech.locale);
        others.map(|l| (l, self.in_language(l))).collect()
    }

    /// An internal path that keeps the language a visitor chose.
    pub fn carry(&self, path: &str) -> String {
        match self.chosen_language && self.person().is_none() {
            true => format!("{path}{}language={}", if path.contains('?') { '&' } else { '?' }, self.lang()),
            false => path.to_owned(),
        }
    }

    fn in_language(&self, locale: Locale) -> String {
        let kept = url::form_urlencoded::parse(self.query.as_bytes()).filter(|(k, _)| k != "language" && k != "said");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("language", locale.as_str())
            .finish();
        format!("{}?{query}", self.path)
    }

    /// Frame of the request that a middleware holds.
    pub(super) fn of_request(request: &HttpRequest) -> Self {
        Self::of(request)
    }
}

impl FromRequest for Frame {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match is_said_twice(request.query_string()) {
            true => Err(AppError::Unreadable),
            false => Ok(Self::of(request)),
        })
    }
}

/// No page asks for one thing twice.
fn is_said_twice(query: &str) -> bool {
    let mut seen = HashSet::new();
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| !seen.insert(name))
}

/// The letter in the circle beside a person's name.
pub fn initial(name: &str) -> String {
    name.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default()
}

/// Draws a page with a status.
pub fn show_with(status: StatusCode, page: &impl Template) -> Answer {
    let html = page.render().map_err(|e| AppError::Unexpected(e.into()))?;
    Ok(HttpResponse::build(status).content_type(ContentType::html()).body(html))
}

/// Draws a page.
pub fn show(page: &impl Template) -> Answer {
    show_with(StatusCode::OK, page)
}
