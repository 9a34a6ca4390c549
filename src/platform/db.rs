//! The pool, the two ways into the database, and how domain types are columns.
//!
//! [`Read`] cannot write: its transaction is read-only. [`Tx`] is one change of state: it carries
//! who acts and when, records facts, and answers only once it is committed.

use super::Platform;
use super::audit::Entry;
use super::error::{Answer, AppError, see_other};
use super::failpoint;
use super::jobs::{Job, NewJob};
use super::once::OnceKey;
use crate::domain::audit::{self, Action, Object, Outcome};
use crate::domain::fact::Fact;
use crate::domain::id::*;
use chrono::{DateTime, Utc};
use sqlx::postgres::{
    PgArgumentBuffer, PgConnectOptions, PgConnection, PgHasArrayType, PgPool, PgPoolOptions, PgTypeInfo, PgValueRef,
};
use sqlx::{Connection, Decode, Encode, Postgres, Transaction, Type};
use std::ops::{Deref, DerefMut};
use std::time::Duration;
use uuid::Uuid;

macro_rules! id_columns {
    ($($name:ident),+ $(,)?) => {$(
        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                <Uuid as Type<Postgres>>::type_info()
            }
        }
        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                <Uuid as Encode<Postgres>>::encode_by_ref(&self.0, buf)
            }
        }
        impl Decode<'_, Postgres> for $name {
            fn decode(value: PgValueRef<'_>) -> Result<Self, sqlx::error::BoxDynError> {
                <Uuid as Decode<Postgres>>::decode(value).map(Self)
            }
        }
        impl PgHasArrayType for $name {
            fn array_type_info() -> PgTypeInfo {
                <Uuid as PgHasArrayType>::array_type_info()
            }
        }
    )+};
}

id_columns!(
    PersonId,
    SignInId,
    SignInRequestId,
    AddressChangeId,
    PasskeyId,
    IdentityId,
    ProviderAttemptId,
    CallId,
    HostInvitationId,
    ApplicationId,
    ConsultationId,
    InvitationId,
    ItemId,
    PostId,
    EntryId,
    BookingId,
    BlockId,
    ActionId,
    FeedbackId,
    QuoteId,
    FollowUpId,
    ImprovementId,
    WordingId,
    AbuseReportId,
    ComplaintId,
    ReportId,
    MaterialId,
    GiftId,
    PassageId,
    SanctionId,
    MeasureId,
    EmergencyReadingId,
    CalendarId,
    CollectionId,
    ExportId,
    JobId,
    FactId,
    RequestId,
    AuditEntryId,
);

/// Connects with the time-outs that keep one slow statement from taking all connections.
pub async fn connect(options: PgConnectOptions, connections: u32) -> Result<PgPool, sqlx::Error> {
    let options = options.options([
        ("statement_timeout", "5000"),
        ("idle_in_transaction_session_timeout", "10000"),
        ("lock_timeout", "4000"),
        ("timezone", "UTC"),
    ]);
    pool(connections).connect_with(options).await
}

/// Connections to the same database for another thread, made there when they are needed.
pub fn beside(db: &PgPool, connections: u32) -> PgPool {
    pool(connections).connect_lazy_with(db.connect_options().as_ref().clone())
}

/// Whoever rested less than this is not asked whether they are still there: each question is a round trip,
/// and a page takes three connections.
const RESTED: Duration = Duration::from_secs(1);

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}

/// A read-only transaction; dropped, never committed.
pub struct Read(Transaction<'static, Postgres>);

impl Read {
    /// Begins a transaction that the database itself keeps from writing.
    pub async fn begin(db: &PgPool) -> Result<Self, AppError> {
        Ok(Self(db.begin_with("begin read only").await?))
    }
}

impl Deref for Read {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Read {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// One change of state: rows, facts and jobs together or not at all. Dropping it rolls back.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    platform: Platform,
    actor: Option<PersonId>,
    now: DateTime<Utc>,
    request: Option<RequestId>,
    /// What was written down in here, to be logged once it is true.
    entries: Vec<Entry>,
    once: Option<OnceKey>,
}

impl Tx {
    /// Begins for a person, or for the system when there is none.
    pub async fn begin(platform: &Platform, actor: Option<PersonId>, now: DateTime<Utc>) -> Result<Self, AppError> {
        let (inner, platform) = (platform.db.begin().await?, platform.clone());
        Ok(Self { inner, platform, actor, now, request: None, entries: Vec::new(), once: None })
    }

    /// The same, following from a request.
    pub fn within(self, request: Option<RequestId>) -> Self {
        Self { request, ..self }
    }

    /// The instant at which everything in here happens.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The platform, for what happens around the transaction.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Writes one history row and the jobs that follow from the fact.
    pub async fn record(&mut self, fact: Fact) -> Result<(), AppError> {
        self.record_saying(fact, None).await
    }

    /// The same, with words of the program that the audit log keeps beside it.
    pub async fn record_saying(&mut self, fact: Fact, detail: Option<String>) -> Result<(), AppError> {
        let jobs = (self.platform.subscriptions)(&fact);
        super::facts::insert(&mut self.inner, &fact, self.actor, self.request, self.now).await?;
        if let Some((action, object)) = audit::of(&fact) {
            self.note(audit::actor(&fact).or(self.actor), (action, Outcome::Done), object, detail).await?;
        }
        for job in jobs {
            self.enqueue(job).await?;
        }
        Ok(())
    }

    /// Writes down that something which somebody wanted was refused, with what else is in here.
    pub async fn refused(&mut self, wanted_by: PersonId, action: Action, object: Object) -> Result<(), AppError> {
        self.note(Some(wanted_by), (action, Outcome::Refused), object, None).await
    }

    async fn note(
        &mut self,
        actor: Option<PersonId>,
        (action, outcome): (Action, Outcome),
        object: Object,
        detail: Option<String>,
    ) -> Result<(), AppError> {
        let (at, request) = (self.now, self.request);
        let entry = Entry { at, action, outcome, actor, object: Some(object), route: None, request, detail };
        super::audit::insert(&mut self.inner, &entry).await?;
        self.entries.push(entry);
        Ok(())
    }

    /// Adds a job that runs when this is committed and its time has come.
    pub async fn enqueue(&mut self, job: NewJob) -> Result<(), AppError> {
        super::jobs::insert(&mut self.inner, job, self.request, self.now).await
    }

    /// Adds a job for now.
    pub async fn enqueue_now(&mut self, job: impl Job) -> Result<(), AppError> {
        self.enqueue(NewJob::now(job)).await
    }

    pub(super) fn remember(&mut self, once: OnceKey) {
        self.once = Some(once);
    }

    /// Commits; after this the change has happened. A form whose answer leads nowhere can be sent again.
    pub async fn commit(mut self) -> Result<(), AppError> {
        if let Some(once) = self.once.take() {
            super::once::release(&mut self.inner, &once).await?;
        }
        failpoint::reach("before_commit").await;
        self.inner.commit().await?;
        self.entries.iter().for_each(Entry::log);
        self.platform.wake.notify_waiters();
        failpoint::reach("after_commit").await;
        Ok(())
    }

    /// Commits and leads the browser on. The same form sent again gets the same answer.
    pub async fn see_other(mut self, location: impl AsRef<str>) -> Answer {
        if let Some(once) = self.once.take() {
            super::once::settle(&mut self.inner, once, location.as_ref(), &self.platform.keys).await?;
        }
        self.commit().await?;
        Ok(see_other(location))
    }
}

impl Deref for Tx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

/// Turns the violation of a named constraint into a refusal of the rule behind it.
pub trait OnConstraint<T> {
    /// `Ok(Err(refusal))` where the constraint of this name was violated.
    fn on_constraint<E>(self, name: &str, refusal: E) -> Result<Result<T, E>, sqlx::Error>;
}

impl<T> OnConstraint<T> for Result<T, sqlx::Error> {
    fn on_constraint<E>(self, name: &str, refusal: E) -> Result<Result<T, E>, sqlx::Error> {
        match self {
            Ok(value) => Ok(Ok(value)),
            Err(sqlx::Error::Database(e)) if e.constraint() == Some(name) => Ok(Err(refusal)),
            Err(error) => Err(error),
        }
    }
}

/// Takes the advisory locks of these people in the order of their IDs, until the transaction ends.
/// Whoever changes commitments takes them first, so that opposite orders cannot deadlock.
pub async fn lock_people(conn: &mut PgConnection, people: &[PersonId]) -> Result<(), sqlx::Error> {
    let mut keys: Vec<i64> = people
        .iter()
        .map(|p| i64::from_be_bytes(p.0.as_bytes()[8..].try_into().expect("a UUID has 16 bytes")))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        sqlx::query_scalar!("select pg_advisory_xact_lock($1) is null", key).fetch_one(&mut *conn).await?;
    }
    Ok(())
}
