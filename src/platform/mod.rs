//! Machinery that slices share: HTTP, PostgreSQL, mail, jobs, clock, languages. Knows no slice.

pub mod asker;
pub mod assets;
pub mod clock;
pub mod cluster;
pub mod dav;
pub mod db;
pub mod drafts;
pub mod error;
pub mod facts;
pub mod failpoint;
pub mod form;
pub mod headers;
pub mod health;
pub mod http_client;
pub mod i18n;
pub mod jobs;
pub mod limit;
pub mod mail;
pub mod markdown;
pub mod once;
pub mod origin;
pub mod page;
pub mod problem;
pub mod random;
pub mod route;
pub mod seal;
pub mod telemetry;

use crate::config::Config;
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashSet;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Notify;

/// UIDs of a host's sessions since an instant. Calendars ask, and bookings, which come later, know.
pub type OwnSessions = for<'c> fn(&'c mut PgConnection, PersonId, DateTime<Utc>) -> Uids<'c>;

/// UIDs to come.
pub type Uids<'c> = Pin<Box<dyn Future<Output = Result<HashSet<String>, error::AppError>> + Send + 'c>>;

/// What everything is handed: the pool, the clock, the mailer, the settings.
#[derive(Clone)]
pub struct Platform(Arc<Parts>);

/// The parts of the platform, reached through [`Platform`].
pub struct Parts {
    pub db: sqlx::PgPool,
    pub clock: Arc<dyn clock::Clock>,
    pub mailer: mail::Mailer,
    pub config: Config,
    pub assets: assets::Assets,
    /// The one way out to addresses that people give.
    pub http: http_client::HttpClient,
    /// What seals secrets at rest.
    pub keys: seal::Keys,
    /// Which jobs follow from a fact; the table is in `app.rs`.
    pub subscriptions: fn(&Fact) -> Vec<jobs::NewJob>,
    /// Which kinds of jobs this program knows; the table is in `app.rs`.
    pub registry: jobs::Registry,
    /// Which events of a host's calendar are our own sessions; `app.rs` asks `bookings`.
    pub own_sessions: OwnSessions,
    /// Set when the process was told to stop: it is no longer ready, and still answers.
    pub stopping: std::sync::atomic::AtomicBool,
    /// Woken when a transaction with jobs committed; polling is the truth.
    pub wake: Notify,
}

impl Platform {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Platform {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
