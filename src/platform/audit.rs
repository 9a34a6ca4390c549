//! The audit log. What was done is written in the transaction of its fact; what was denied or refused is
//! handed in at a desk and written after the answer, which never waits for it nor fails with it.

mod desk;

pub use desk::{Desk, keep};

use super::Platform;
use super::asker::Asker;
use super::error::AppError;
use super::random;
use super::route::{self, Need, Needs};
use super::telemetry;
use crate::domain::audit::{Action, Kind, Object, Outcome};
use crate::domain::id::{AuditEntryId, PersonId, RequestId};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::{HttpMessage, HttpRequest, web};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is written down of one act or refusal.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub action: Action,
    pub outcome: Outcome,
    pub actor: Option<PersonId>,
    pub object: Option<Object>,
    /// The pattern of the route; never the path, which may hold a secret.
    pub route: Option<String>,
    pub request: Option<RequestId>,
    /// What was set, in words of the program.
    pub detail: Option<String>,
}

impl Entry {
    /// Says it in the logs as well.
    pub fn log(&self) {
        tracing::info!(
            action = self.action.as_str(),
            outcome = self.outcome.as_str(),
            actor = self.actor.map(tracing::field::display),
            object_kind = self.object.map(|object| object.kind.as_str()),
            object = self.object.and_then(|object| object.id).map(tracing::field::display),
            route = self.route,
            request = self.request.map(|id| tracing::field::display(id.0.simple())),
            detail = self.detail,
            "audit"
        );
    }
}

/// Writes an entry.
pub(super) async fn insert(conn: &mut PgConnection, entry: &Entry) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into audit_entries (audit_entry_id, at, action, outcome, actor_id, object_kind, object_id, route, request_id, detail)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"#,
        random::id::<AuditEntryId>() as AuditEntryId,
        entry.at,
        entry.action.as_str(),
        entry.outcome.as_str(),
        entry.actor as Option<PersonId>,
        entry.object.map(|object| object.kind.as_str()),
        entry.object.and_then(|object| object.id),
        entry.route,
        entry.request as Option<RequestId>,
        entry.detail,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes what was written until then; gives the number of entries.
pub async fn sweep(conn: &mut PgConnection, until: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query_scalar!(r#"select sweep_audit_entries($1, $2) as "gone!""#, until, limit);
    Ok(gone.fetch_one(conn).await?.unsigned_abs())
}

/// Which request it was, of whom and about what.
#[derive(Clone, Debug)]
pub struct Circumstances {
    pub request: Option<RequestId>,
    pub object: Option<Object>,
    actor: Option<PersonId>,
    route: Option<String>,
    /// Counts visitors, and is stored nowhere.
    network: String,
}

/// An entry, and by whom it is counted.
pub struct HandedIn {
    entry: Entry,
    network: String,
}

impl Circumstances {
    /// Those of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let platform = request.app_data::<web::Data<Platform>>().expect("app.rs hands the platform to every request");
        let route = request.match_pattern();
        Self {
            request: telemetry::request_id(request),
            object: route.as_deref().and_then(|route| Object::of_route(route, request.path())),
            actor: request.extensions().get::<Asker>().and_then(Asker::person).map(|person| person.id),
            route,
            network: route::client_address(request, platform),
        }
    }

    /// What happened in them.
    pub fn entry(self, action: Action, outcome: Outcome, at: DateTime<Utc>) -> HandedIn {
        let Self { request, object, actor, route, network } = self;
        HandedIn { entry: Entry { at, action, outcome, actor, object, route, request, detail: None }, network }
    }
}

/// Hands in what a page gave away that is to be known later: to an administrator, or as an export.
pub fn watch<B>(response: &ServiceResponse<B>) {
    let request = response.request();
    if !response.status().is_success() || request.method() != Method::GET {
        return;
    }
    // The page on which people ask for their own archive gives nothing away.
    let is_export = || request.match_pattern().is_some_and(|route| route.ends_with("}/export"));
    let action = match need(request) {
        Some(Need::Administrator) => Action::AdministrationRead,
        Some(_) if is_export() => Action::Exported,
        _ => return,
    };
    hand_in(request, action, Outcome::Done);
}

/// Hands in a refusal that is more than a slip of the finger; false where it is none.
pub fn heed(request: &HttpRequest, error: &AppError) -> bool {
    let Some((action, outcome)) = denial(request, error) else { return false };
    hand_in(request, action, outcome);
    true
}

fn denial(request: &HttpRequest, error: &AppError) -> Option<(Action, Outcome)> {
    let (need, about) = (need(request), Circumstances::of(request));
    match error {
        AppError::CrossOrigin => Some((Action::CrossOriginRefused, Outcome::Refused)),
        AppError::NotAllowed => Some((Action::AuthzDenied, Outcome::Denied)),
        AppError::NotFound if about.actor.is_some() && is_private(request, need, about.object) => {
            Some((Action::AuthzDenied, Outcome::Denied))
        }
        AppError::Gone if about.route.is_some_and(|route| route.starts_with("/sign-in/")) => {
            Some((Action::SignInRefused, Outcome::Refused))
        }
        AppError::Gone if need == Some(Need::Token) => Some((Action::LinkRefused, Outcome::Refused)),
        _ => None,
    }
}

/// Whether somebody asked for an object that is hidden from them, or that never was: both look alike, here
/// as on the page.
fn is_private(request: &HttpRequest, need: Option<Need>, object: Option<Object>) -> bool {
    let is_administrator =
        || request.extensions().get::<Asker>().and_then(Asker::person).is_some_and(|person| person.is_administrator);
    match need {
        None | Some(Need::Public | Need::Token) => false,
        Some(Need::Administrator) => !is_administrator(),
        Some(_) => object.is_some(),
    }
}

fn need(request: &HttpRequest) -> Option<Need> {
    request.app_data::<web::Data<Needs>>()?.of_request(request)
}

fn hand_in(request: &HttpRequest, action: Action, outcome: Outcome) {
    let platform = request.app_data::<web::Data<Platform>>().expect("app.rs hands the platform to every request");
    platform.audit.hand_in(Circumstances::of(request).entry(action, outcome, platform.clock.now()));
}

/// Which entries are looked at.
#[derive(Default)]
pub struct Choice {
    /// Of one person: done by them, or about them.
    pub person: Option<PersonId>,
    pub action: Option<Action>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// About these objects alone.
    pub objects: Option<Vec<Uuid>>,
    /// Those before this entry.
    pub before: Option<Place>,
}

/// Where an entry stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub at: DateTime<Utc>,
    pub id: AuditEntryId,
}

/// An entry as it is read.
pub struct Listed {
    pub place: Place,
    pub action: Action,
    pub outcome: Outcome,
    pub actor: Option<PersonId>,
    pub object: Option<Object>,
    pub route: Option<String>,
    pub request: Option<RequestId>,
    pub detail: Option<String>,
}

/// Entries of a choice, the newest first.
pub async fn list(conn: &mut PgConnection, choice: &Choice, limit: i64) -> Result<Vec<Listed>, AppError> {
    let rows = sqlx::query!(
        r#"select audit_entry_id as "id: AuditEntryId", at, action, outcome, actor_id as "actor: PersonId", object_kind, object_id, route, request_id as "request: RequestId", detail
             from audit_entries
            where ($1::uuid is null or actor_id = $1 or object_id = $1)
              and ($2::text is null or action = $2)
              and ($3::timestamptz is null or at >= $3)
              and ($4::timestamptz is null or at < $4)
              and ($5::uuid[] is null or object_id = any($5))
              and ($6::timestamptz is null or (at, audit_entry_id) < ($6, $7))
            order by at desc, audit_entry_id desc limit $8"#,
        choice.person as Option<PersonId>,
        choice.action.map(Action::as_str),
        choice.since,
        choice.until,
        choice.objects.as_deref(),
        choice.before.map(|place| place.at),
        choice.before.map(|place| place.id) as Option<AuditEntryId>,
        limit,
    )
    .fetch_all(conn)
    .await?;
    // Words of a newer release that went back are its business.
    let listed = rows.into_iter().filter_map(|row| {
        Some(Listed {
            place: Place { at: row.at, id: row.id },
            action: Action::parse(&row.action)?,
            outcome: Outcome::parse(&row.outcome)?,
            actor: row.actor,
            object: row.object_kind.and_then(|kind| Some(Object { kind: Kind::parse(&kind)?, id: row.object_id })),
            route: row.route,
            request: row.request,
            detail: row.detail,
        })
    });
    Ok(listed.collect())
}
