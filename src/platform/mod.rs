//! Machinery that slices share: HTTP, PostgreSQL, mail, jobs, clock, languages. Knows no slice.

pub mod addresses;
pub mod asker;
pub mod assets;
pub mod audit;
pub mod bots;
pub mod clock;
pub mod cluster;
pub mod consents;
pub mod dav;
pub mod db;
pub mod diff;
pub mod drafts;
pub mod error;
pub mod facts;
pub mod failpoint;
pub mod files;
pub mod fingerprint;
pub mod form;
pub mod headers;
pub mod health;
pub mod http_client;
pub mod i18n;
pub mod jobs;
pub mod limit;
pub mod mail;
pub mod markdown;
pub mod notices;
pub mod once;
pub mod origin;
pub mod page;
pub mod panic;
pub mod passkeys;
pub mod policies;
pub mod privacy;
pub mod problem;
pub mod provider;
pub mod random;
pub mod readiness;
pub mod reading;
pub mod recent;
pub mod route;
pub mod scanner;
pub mod seal;
pub mod settings;
pub mod telemetry;
pub mod tombstones;
pub mod way;
pub mod work;

use crate::config::Config;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, InvitationId, PersonId};
use crate::domain::interval::Interval;
use crate::domain::person::EmailAddress;
use crate::domain::slot::Offered;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::HashSet;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Notify;

/// What a slice asks of one that comes later; `app.rs` hands the questions on.
#[derive(Clone, Copy)]
pub struct Later {
    /// UIDs of a host's sessions since an instant: calendars ask, bookings know.
    pub own_sessions: for<'c> fn(&'c mut PgConnection, PersonId, DateTime<Utc>) -> Answered<'c, HashSet<String>>,
    /// What a host offers to all their calls: calls ask, availability knows.
    pub offered: for<'c> fn(&'c mut PgConnection, PersonId, Tz) -> Answered<'c, Offered>,
    /// When somebody read the document of a consultation last: mails ask, questions know.
    pub seen_document: SeenDocument,
    /// Whether somebody is in a consultation still: mails of the day ask, consultations know.
    pub takes_part: TakesPart,
    /// Which invitations wait at an address: refused mails ask, consultations know.
    pub invited: for<'c> fn(&'c mut PgConnection, &'c EmailAddress) -> Answered<'c, Vec<InvitationId>>,
    /// Whether hours or sessions hang on somebody's zone: people ask, bookings know.
    pub is_hosting: for<'c> fn(&'c mut PgConnection, PersonId, Tz, DateTime<Utc>) -> Answered<'c, bool>,
    /// Lets a host's block count for somebody who came back: people ask, applications know.
    pub block: for<'c> fn(&'c mut PgConnection, PersonId, PersonId, DateTime<Utc>) -> Answered<'c, ()>,
    /// Commits a host to all times ahead of a call; gives the first that they have given elsewhere, with
    /// which the transaction is to be dropped: calls ask, bookings hold the times.
    pub commit_host: CommitHost,
    /// Gives a host the times of a call back.
    pub free_host: for<'c> fn(&'c mut PgConnection, CallId, PersonId, DateTime<Utc>) -> Answered<'c, ()>,
    /// Whether somebody applies to a call, or is or was a guest of it: calls ask, applications know.
    pub is_guest: for<'c> fn(&'c mut PgConnection, CallId, PersonId) -> Answered<'c, bool>,
}

/// Asks when a person read the document of a consultation last.
pub type SeenDocument =
    for<'c> fn(&'c mut PgConnection, ConsultationId, PersonId) -> Answered<'c, Option<DateTime<Utc>>>;

/// Commits a host to the times of a call from an instant on.
pub type CommitHost =
    for<'c> fn(&'c mut PgConnection, CallId, PersonId, DateTime<Utc>) -> Answered<'c, Option<Interval>>;

/// Asks whether a person is in a consultation.
pub type TakesPart = for<'c> fn(&'c mut PgConnection, ConsultationId, PersonId) -> Answered<'c, bool>;

/// An answer to come.
pub type Answered<'c, T> = Pin<Box<dyn Future<Output = Result<T, error::AppError>> + Send + 'c>>;

/// What everything is handed: the pool, the clock, the mailer, the settings.
#[derive(Clone)]
pub struct Platform {
    /// Connections of this thread's runtime: those of another cost two changes of thread a statement.
    pub db: sqlx::PgPool,
    /// Where refusals are handed in to be written down.
    pub audit: Arc<audit::Desk>,
    parts: Arc<Parts>,
}

/// The parts of the platform, reached through [`Platform`].
pub struct Parts {
    pub clock: Arc<dyn clock::Clock>,
    pub mailer: mail::Mailer,
    pub config: Config,
    pub assets: assets::Assets,
    /// The one way out to addresses that people give.
    pub http: http_client::HttpClient,
    /// What issuers of sign-ins said of themselves.
    pub issuers: provider::Cache,
    /// What seals secrets at rest.
    pub keys: seal::Keys,
    /// Which jobs follow from a fact; the table is in `app.rs`.
    pub subscriptions: fn(&Fact) -> Vec<jobs::NewJob>,
    /// Which kinds of jobs this program knows; the table is in `app.rs`.
    pub registry: jobs::Registry,
    /// Patterns of the pages that mails are about; the list is in `app.rs`.
    pub told_of: &'static [&'static str],
    /// What earlier slices ask of later ones.
    pub later: Later,
    /// Set when the process was told to stop: it is no longer ready, and still answers.
    pub stopping: std::sync::atomic::AtomicBool,
    /// Visits that were marked a moment ago.
    pub visits: recent::Recent,
    /// Woken when a transaction with jobs committed; polling is the truth.
    pub wake: Notify,
}

impl Platform {
    /// Puts the parts together.
    pub fn new(db: sqlx::PgPool, parts: Parts) -> Self {
        Self { db, audit: Arc::default(), parts: Arc::new(parts) }
    }

    /// The same with connections of another thread.
    pub fn with_db(&self, db: sqlx::PgPool) -> Self {
        Self { db, audit: self.audit.clone(), parts: self.parts.clone() }
    }
}

impl Deref for Platform {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}
