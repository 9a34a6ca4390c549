//! What was typed into a form, and what is wrong with it: kept together, so that a refused form
//! comes back with everything in it.

use super::error::AppError;
use super::i18n::Message;
use crate::domain::person::{EmailAddress, Locale, Slug, SlugError, TimeZone};
use crate::domain::text::{Line, Text, TextError};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::borrow::Cow;
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A value that one field of a form parses into.
pub trait Field: Sized {
    /// Parses what was typed; the message stands beside the field.
    fn parse_field(typed: &str) -> Result<Self, Message>;
}

/// Submitted values in their order, and errors by field. Fields that a page does not know are
/// ignored.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: Vec<(String, String)>,
    errors: Vec<(String, Message)>,
}

impl Fields {
    /// A form as it is first shown.
    pub fn of(values: &[(&str, &str)]) -> Self {
        Self { values: values.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(), errors: Vec::new() }
    }

    /// Reads `application/x-www-form-urlencoded`; NUL and broken UTF-8 are unreadable.
    pub fn parse(body: &[u8]) -> Result<Self, AppError> {
        let decoded = serde_html_form::from_bytes::<Vec<(String, String)>>(body).map_err(|_| AppError::Unreadable)?;
        if decoded.iter().any(|(k, v)| k.contains('\0') || v.contains('\0')) || has_broken_utf8(body) {
            return Err(AppError::Unreadable);
        }
        Ok(Self { values: decoded, errors: Vec::new() })
    }

    /// What was typed into a field; empty where nothing was.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v)
    }

    /// A word that only a changed form could send otherwise: an act, a mark. An unknown one ends the
    /// request with 422 and never means something else.
    pub fn one_of<const N: usize>(&self, name: &str, words: [&'static str; N]) -> Result<&'static str, AppError> {
        let typed = self.value(name);
        words.into_iter().find(|word| *word == typed).ok_or(AppError::Unprocessable("unknown word"))
    }

    /// Everything typed into fields of this name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// Whether a box with this value was ticked, or an option chosen.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|v| v == value)
    }

    /// Whether a field stands here twice, or in the address too.
    fn is_said_twice(&self, request: &HttpRequest) -> bool {
        let asked = url::form_urlencoded::parse(request.query_string().as_bytes()).map(|(name, _)| name);
        let typed = self.values.iter().map(|(name, _)| Cow::from(name));
        let mut seen = HashSet::new();
        asked.chain(typed).any(|name| !seen.insert(name))
    }

    /// All fields, for a page that gives text back.
    pub fn all(&self) -> &[(String, String)] {
        &self.values
    }

    /// Puts a value into the form.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.retain(|(k, _)| k != name);
        self.values.push((name.to_owned(), value.into()));
    }

    /// Adds one more value of a field.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.values.push((name.to_owned(), value.into()));
    }

    /// A field that must be there; an error is noted where it is missing or wrong.
    pub fn required<T: Field>(&mut self, name: &str) -> Option<T> {
        match T::parse_field(self.value(name)) {
            Ok(value) => Some(value),
            Err(message) => {
                self.refuse(name, message);
                None
            }
        }
    }

    /// A field that may be left empty; an error is noted where it is wrong.
    pub fn optional<T: Field>(&mut self, name: &str) -> Option<T> {
        match self.value(name).trim().is_empty() {
            true => None,
            false => self.required(name),
        }
    }

    /// Notes an error beside a field.
    pub fn refuse(&mut self, name: &str, message: Message) {
        if self.error(name).is_none() {
            self.errors.push((name.to_owned(), message));
        }
    }

    /// The error of a field.
    pub fn error(&self, name: &str) -> Option<&Message> {
        self.errors.iter().find(|(k, _)| k == name).map(|(_, m)| m)
    }

    /// All errors in the order they were found, for the summary on top.
    pub fn errors(&self) -> &[(String, Message)] {
        &self.errors
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// What was typed into the form of this request: the page of what went wrong gives it back.
pub struct Typed(pub Fields);

/// `form_urlencoded` replaces broken UTF-8 silently: what people sent must not change unseen.
fn has_broken_utf8(body: &[u8]) -> bool {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, tail @ ..] = rest {
        let hex = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
        match (*first, tail) {
            (b'%', [a, b, after @ ..]) if hex(*a).is_some() && hex(*b).is_some() => {
                bytes.push(hex(*a).unwrap_or(0) << 4 | hex(*b).unwrap_or(0));
                rest = after;
            }
            (byte, after) => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    std::str::from_utf8(&bytes).is_err()
}

impl FromRequest for Fields {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (body, request) = (web::Bytes::from_request(request, payload), request.clone());
        Box::pin(async move {
            let Many(fields) = Many::read(body, &request).await?;
            match fields.is_said_twice(&request) {
                true => Err(AppError::Unreadable),
                false => Ok(fields),
            }
        })
    }
}

/// A form in which one field may stand several times. In all others a second value would be somebody's
/// hope that another part of the program reads the other one (OWASP HTTP Parameter Pollution).
pub struct Many(pub Fields);

impl Many {
    async fn read(
        body: impl Future<Output = Result<web::Bytes, actix_web::Error>>,
        request: &HttpRequest,
    ) -> Result<Self, AppError> {
        let fields = Fields::parse(&in_time(body).await?)?;
        request.extensions_mut().insert(Typed(fields.clone()));
        Ok(Self(fields))
    }
}

impl FromRequest for Many {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (body, request) = (web::Bytes::from_request(request, payload), request.clone());
        Box::pin(async move { Many::read(body, &request).await })
    }
}

/// How long somebody may take to send a form of texts.
const LONGEST: Duration = Duration::from_secs(20);

/// A body, where it comes in time.
pub async fn in_time(body: impl Future<Output = Result<web::Bytes, actix_web::Error>>) -> Result<web::Bytes, AppError> {
    tokio::time::timeout(LONGEST, body).await.map_err(|_| AppError::TooSlow)?.map_err(unread)
}

/// What became of a body that could not be read.
fn unread(error: actix_web::Error) -> AppError {
    match error.as_response_error().status_code().as_u16() {
        413 => AppError::TooLarge,
        _ => AppError::Unreadable,
    }
}

fn text_message(error: TextError) -> Message {
    match error {
        TextError::Missing => Message::new("field-missing"),
        TextError::TooLong { max } => Message::new("field-too_long").with("max", max),
        TextError::Control => Message::new("field-control"),
    }
}

impl<const MAX: usize> Field for Line<MAX> {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        Line::parse(typed).map_err(text_message)
    }
}

impl<const MAX: usize> Field for Text<MAX> {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        Text::parse(typed).map_err(text_message)
    }
}

impl Field for EmailAddress {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        match typed.trim().is_empty() {
            true => Err(Message::new("field-missing")),
            false => EmailAddress::parse(typed).map_err(|_| Message::new("field-address")),
        }
    }
}

impl Field for TimeZone {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        TimeZone::parse(typed).ok_or_else(|| Message::new("field-zone"))
    }
}

impl Field for Locale {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        Locale::parse(typed).ok_or_else(|| Message::new("field-choice"))
    }
}

impl Field for Slug {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        Slug::parse(typed).map_err(|error| match error {
            SlugError::Missing => Message::new("field-missing"),
            SlugError::Malformed => Message::new("field-slug"),
            SlugError::Reserved => Message::new("field-slug_reserved"),
        })
    }
}

/// A link to elsewhere: http or https alone.
#[derive(Clone, Debug)]
pub struct WebAddress(pub url::Url);

impl Field for WebAddress {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        let url = url::Url::parse(typed.trim())
            .ok()
            .filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host() && u.as_str().len() <= 2000);
        url.map(Self).ok_or_else(|| Message::new("field-link"))
    }
}

/// A whole number between two bounds.
#[derive(Clone, Copy, Debug)]
pub struct Whole<const MIN: i32, const MAX: i32>(pub i32);

impl<const MIN: i32, const MAX: i32> Field for Whole<MIN, MAX> {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        let number = typed.trim().parse().ok().filter(|n| (MIN..=MAX).contains(n));
        number.map(Self).ok_or_else(|| Message::new("field-number").with("min", MIN).with("max", MAX))
    }
}

/// The revision that a long text had when its form was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(pub i32);

impl Field for Revision {
    fn parse_field(typed: &str) -> Result<Self, Message> {
        typed.trim().parse().map(Self).map_err(|_| Message::new("field-choice"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_fields_are_kept_and_unknown_ones_do_no_harm() {
        let fields = Fields::parse(b"kind=talk&kind=review&role=admin").unwrap();
        assert_eq!(fields.values("kind").collect::<Vec<_>>(), ["talk", "review"]);
        assert!(fields.has("kind", "review") && !fields.has("kind", "admin"));
    }

    #[test]
    fn trust_d08_nul_and_broken_utf8_are_unreadable() {
        for body in [&b"a=%00"[..], b"a=%ff", b"a=\xff", b"a=%ED%A0%80"] {
            assert!(matches!(Fields::parse(body), Err(AppError::Unreadable)), "{body:?}");
        }
        assert_eq!(Fields::parse("a=壁+%E6%89%93".as_bytes()).unwrap().value("a"), "壁 打");
        assert_eq!(Fields::parse(b"a=100%").unwrap().value("a"), "100%");
    }

    #[test]
    fn errors_are_told_in_the_order_they_were_found() {
        let mut fields = Fields::of(&[("title", ""), ("minutes", "90")]);
        assert!(fields.required::<Line<9>>("title").is_none());
        assert!(fields.required::<Whole<1, 60>>("minutes").is_none());
        let keys: Vec<_> = fields.errors().iter().map(|(f, m)| (f.as_str(), m.key())).collect();
        assert_eq!(keys, [("title", "field-missing"), ("minutes", "field-number")]);
    }
}
