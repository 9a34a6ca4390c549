//! The queue: rows in the transaction of the fact they follow from, claimed with a lease, worked on
//! at least once.
//!
//! A claim counts the attempt, and every later write carries that number, so that a worker which
//! was frozen past its lease can neither finish nor release a job that another took over. A job
//! whose process died five times is put aside. Why not a crate: see `dependencies`: each complete
//! by ID only, or ask SQL for the time, and so could not be driven by one clock.

mod queue;
mod worker;

pub use queue::sweep;
pub use worker::{drain, run};

use super::Platform;
use super::db::Tx;
use super::error::AppError;
use super::mail::Mail;
use crate::domain::id::{JobId, RequestId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

pub(super) use queue::insert;

/// Crashes after which a job is put aside.
const CRASHES: i32 = 5;

/// Work that follows from a fact: IDs only, reloaded when it runs. The kind is stored, so it is
/// never renamed; a changed payload is a new kind.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The stored name, `slice.noun`.
    const KIND: &'static str;
    /// Sign-in mails do not wait behind others.
    const LANE: Lane = Lane::Ordinary;
    /// Given up when older than this.
    const MAX_AGE: TimeDelta = TimeDelta::hours(48);

    /// At most one job of this key ever exists.
    fn key(&self) -> Option<String> {
        None
    }

    /// Checks that the world still wants it, and acts.
    fn run(self, run: JobRun) -> impl Future<Output = Result<Outcome, AppError>> + Send;
}

/// What waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    SignIn,
    Ordinary,
    /// Waits for other people's servers, and nothing else waits for it.
    Outside,
}

impl Lane {
    const ALL: [Lane; 3] = [Lane::SignIn, Lane::Ordinary, Lane::Outside];

    /// Jobs that one process works on at a time.
    fn at_once(self) -> i64 {
        match self {
            Lane::SignIn | Lane::Ordinary => 4,
            Lane::Outside => 8,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Lane::SignIn => "sign-in",
            Lane::Ordinary => "ordinary",
            Lane::Outside => "outside",
        }
    }
}

/// A job before it is stored.
#[derive(Debug)]
pub struct NewJob {
    kind: &'static str,
    lane: Lane,
    key: Option<String>,
    payload: Result<serde_json::Value, String>,
    at: Option<DateTime<Utc>>,
    max_age: TimeDelta,
}

impl NewJob {
    /// A job for as soon as possible.
    pub fn now<J: Job>(job: J) -> Self {
        Self {
            kind: J::KIND,
            lane: J::LANE,
            key: job.key(),
            payload: serde_json::to_value(&job).map_err(|e| e.to_string()),
            at: None,
            max_age: J::MAX_AGE,
        }
    }

    /// A job for an instant, or at once where that is past.
    pub fn at<J: Job>(job: J, at: DateTime<Utc>) -> Self {
        Self { at: Some(at), ..Self::now(job) }
    }
}

/// One attempt at a job.
#[derive(Clone)]
pub struct JobRun {
    pub platform: Platform,
    pub id: JobId,
    pub now: DateTime<Utc>,
    /// When what it follows from happened.
    pub created_at: DateTime<Utc>,
    /// The request that it follows from, through however many jobs.
    pub request: Option<RequestId>,
    lane: Lane,
    /// After this its mail is news no more.
    give_up_at: DateTime<Utc>,
    attempt: i32,
    /// A process died over it before: what it sent may have been sent already.
    crashed: bool,
}

impl JobRun {
    /// A change of state by the system.
    pub async fn begin(&self) -> Result<Tx, AppError> {
        Ok(Tx::begin(&self.platform, None, self.now).await?.within(self.request))
    }
}

/// How an attempt ended. What is in a transaction is committed together with the job's end.
pub enum Outcome {
    /// Done, and nothing was to be written.
    Done,
    /// Done, with what was written.
    DoneWith(Tx),
    /// To be sent; what was written is committed before, the job ends after.
    Send(Tx, Box<Mail>),
    /// Cannot ever be done.
    GiveUp(String),
}

type Runner = fn(serde_json::Value, JobRun) -> Pin<Box<dyn Future<Output = Result<Outcome, AppError>> + Send>>;

/// The kinds that this program knows. Kinds of a newer release are left alone.
#[derive(Clone, Default)]
pub struct Registry(HashMap<&'static str, Runner>);

impl Registry {
    /// Knows one more kind.
    pub fn with<J: Job>(mut self) -> Self {
        let runner: Runner = |payload, run| {
            Box::pin(async move {
                match serde_json::from_value::<J>(payload) {
                    Ok(job) => job.run(run).await,
                    Err(error) => Ok(Outcome::GiveUp(format!("unreadable payload: {error}"))),
                }
            })
        };
        assert!(self.0.insert(J::KIND, runner).is_none(), "two jobs are called {}", J::KIND);
        self
    }

    fn kinds(&self) -> Vec<String> {
        self.0.keys().map(|kind| kind.to_string()).collect()
    }
}
