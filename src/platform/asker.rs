//! Who is asking: a visitor, or a person by the cookie of their sign-in. One query a request.

use super::Platform;
use super::error::AppError;
use super::random;
use crate::domain::id::{PersonId, SignInId};
use crate::domain::person::{Locale, TimeZone};
use crate::domain::sign_in::{Rank, is_fresh};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// Whoever sent the request.
#[derive(Clone, Debug)]
pub enum Asker {
    Visitor,
    Person(Arc<SignedIn>),
}

/// A person, as the request needs them.
#[derive(Debug)]
pub struct SignedIn {
    pub id: PersonId,
    pub sign_in: SignInId,
    pub name: String,
    pub email: String,
    pub locale: Locale,
    pub zone: TimeZone,
    /// Whether name, language and zone were chosen.
    pub is_settled: bool,
    /// Whether they host a call, or may write one.
    pub is_host: bool,
    /// Whether they hold the grant to write calls of their own.
    pub may_host: bool,
    pub is_administrator: bool,
    /// When the person last showed who they are: by signing in, or when they were asked again.
    pub confirmed_at: DateTime<Utc>,
    /// Whether the person is asked for more than their mail.
    pub has_factor: bool,
    /// When they last gave that in this browser.
    pub factor_at: Option<DateTime<Utc>>,
}

impl SignedIn {
    /// How much the person may do on the instance.
    pub fn rank(&self) -> Rank {
        Rank::of(self.is_host, self.is_administrator)
    }

    /// Whether the person showed just now who they are.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        match self.has_factor {
            true => is_fresh(self.factor_at, now),
            false => is_fresh(Some(self.confirmed_at), now),
        }
    }
}

impl Asker {
    /// The person, where somebody is signed in.
    pub fn person(&self) -> Option<&SignedIn> {
        match self {
            Asker::Visitor => None,
            Asker::Person(person) => Some(person),
        }
    }

    /// The person's ID, or what a route that needs a sign-in answers.
    pub fn id(&self) -> Result<PersonId, AppError> {
        self.person().map(|p| p.id).ok_or(AppError::SignInNeeded)
    }
}

/// Name of the cookie that carries the sign-in.
pub fn cookie_name(is_local: bool) -> &'static str {
    match is_local {
        true => "dev-sign-in",
        false => "__Host-sign-in",
    }
}

/// Finds the asker and puts them into the request; a sign-in seen longer than a minute ago is
/// marked as seen after the answer, and never for a prefetch.
pub async fn find(
    platform: web::Data<Platform>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let now = platform.clock.now();
    let found = match token(request.request(), &platform) {
        Some(token) => by_token(&platform, &token, now).await,
        None => Ok(None),
    };
    let asker = match found {
        Ok(asker) => asker,
        Err(error) => return Ok(request.error_response(error)),
    };
    let seen = asker
        .as_ref()
        .filter(|(_, seen_at)| now - *seen_at > TimeDelta::minutes(1) && !is_prefetch(&request))
        .map(|(p, _)| p.sign_in);
    request.extensions_mut().insert(asker.map_or(Asker::Visitor, |(person, _)| Asker::Person(Arc::new(person))));
    let response = next.call(request).await?;
    if let Some(sign_in) = seen {
        let touched = sqlx::query!("update sign_ins set seen_at = $2 where sign_in_id = $1", sign_in as SignInId, now)
            .execute(&platform.db)
            .await;
        if let Err(error) = touched {
            tracing::warn!(%error, "marking a sign-in as seen");
        }
    }
    Ok(response.map_into_boxed_body())
}

/// Finds the asker for the audit log alone, where a request is refused whoever sent it.
pub async fn recall(platform: &Platform, request: &ServiceRequest) {
    if let Some(token) = token(request.request(), platform)
        && let Ok(Some((person, _))) = by_token(platform, &token, platform.clock.now()).await
    {
        request.extensions_mut().insert(Asker::Person(Arc::new(person)));
    }
}

fn token(request: &HttpRequest, platform: &Platform) -> Option<String> {
    let cookies = request.cookies().ok()?;
    let name = cookie_name(platform.config.is_local());
    let mut named = cookies.iter().filter(|cookie| cookie.name() == name);
    // Of two one was put there by somebody else, and nothing says which.
    let (Some(cookie), None) = (named.next(), named.next()) else { return None };
    (cookie.value().len() == 43).then(|| cookie.value().to_owned())
}

fn is_prefetch(request: &ServiceRequest) -> bool {
    let purpose = request.headers().get("sec-purpose").and_then(|v| v.to_str().ok());
    purpose.is_some_and(|p| p.contains("prefetch"))
}

async fn by_token(
    platform: &Platform,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<(SignedIn, DateTime<Utc>)>, AppError> {
    let row = sqlx::query!(
        r#"select p.person_id as "person_id: PersonId", s.sign_in_id as "sign_in_id: SignInId", s.seen_at, s.created_at,
                  coalesce(s.confirmed_at, s.created_at) as "confirmed_at!",
                  s.factor_at, f.has_factor as "has_factor!", p.name, p.email, p.locale, p.time_zone, p.settled_at, p.host_since, p.administrator_since,
                  exists (select from call_hosts h where h.person_id = p.person_id) as "hosts!"
             from sign_ins s
             join people p using (person_id)
            cross join lateral (select exists (select from second_factors t where t.person_id = p.person_id and t.confirmed_at is not null)
                                    or exists (select from passkeys k where k.person_id = p.person_id) as has_factor) f
            where s.token_hash = $1 and s.expires_at > $2 and p.disabled_at is null and (s.epoch is null or s.epoch = p.epoch)
              and (s.factor_at is not null or not f.has_factor)"#,
        random::hashed(token),
        now,
    )
    .fetch_optional(&platform.db)
    .await?;
    Ok(row.and_then(|row| {
        let person = SignedIn {
            id: row.person_id,
            sign_in: row.sign_in_id,
            name: row.name,
            email: row.email,
            locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
            zone: TimeZone::parse(&row.time_zone).unwrap_or(TimeZone(chrono_tz::UTC)),
            is_settled: row.settled_at.is_some(),
            is_host: row.hosts || row.host_since.is_some(),
            may_host: row.host_since.is_some(),
            is_administrator: row.administrator_since.is_some(),
            confirmed_at: row.confirmed_at,
            has_factor: row.has_factor,
            factor_at: row.factor_at,
        };
        person.rank().holds(row.created_at, row.seen_at, now).then_some((person, row.seen_at))
    }))
}

/// The language for whoever is not signed in: `?language=`, then Accept-Language, then Japanese.
pub fn visitor_locale(request: &HttpRequest) -> Locale {
    let chosen = url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(k, _)| k == "language")
        .and_then(|(_, v)| Locale::parse(&v));
    let accepted = || {
        let header = request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        header.split(',').find_map(|range| Locale::parse(range.split([';', '-']).next()?.trim()))
    };
    chosen.or_else(accepted).unwrap_or(Locale::Ja)
}
