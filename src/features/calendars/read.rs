//! Reads calendars: fetches outside of any transaction, understands, keeps the picture, plans the
//! next reading.

use super::form::Secret;
use super::store::{self, Calendar, KeptFlaw, Picture};
use crate::domain::calendar::{AHEAD, Went};
use crate::domain::call::Stage;
use crate::domain::ical::{self, Asked};
use crate::domain::id::{CalendarId, CallId, ConsultationId, PersonId};
use crate::domain::interval::Interval;
use crate::features::{calls, consultations, people};
use crate::platform::Platform;
use crate::platform::dav::{self, Account};
use crate::platform::db;
use crate::platform::error::AppError;
use crate::platform::http_client::{Failure, Request};
use crate::platform::jobs::{Job, JobRun, Lane, NewJob, Outcome};
use crate::platform::mail::Receiver;
use chrono::{TimeDelta, Utc};
use hyper::StatusCode;
use hyper::header;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::num::TryFromIntError;

/// What began before now still takes time, and buffers reach back.
const BACK: TimeDelta = TimeDelta::days(1);
/// An unchanged file is read whole again after this, as its picture ends with its horizon.
const WHOLE_AGAIN: TimeDelta = TimeDelta::days(1);
/// Calendars of an instance are read within this of each other.
const JITTER_SECONDS: i64 = 180;
/// Servers call calendars by many names; whether it is one, its text says. A page never is.
const KINDS: [&str; 5] =
    ["text/calendar", "text/plain", "application/octet-stream", "application/ics", "binary/octet-stream"];

const EMPTY: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//empty//EN\r\nEND:VCALENDAR\r\n";

/// What a reading gave.
pub(super) enum Seen {
    Calendar {
        picture: Picture,
        etag: Option<String>,
        last_modified: Option<String>,
    },
    /// The same as the last time.
    Unchanged,
    Nothing(Reason),
}

/// Why a reading gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NotFetched(Failure),
    /// What came is not a calendar.
    NotACalendar,
    /// The address was sealed with a key that is gone.
    Sealed,
}

impl Reason {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NotFetched(failure) => failure.as_str(),
            Reason::NotACalendar => "not_a_calendar",
            Reason::Sealed => "sealed",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "not_a_calendar" => Some(Reason::NotACalendar),
            "sealed" => Some(Reason::Sealed),
            _ => Failure::parse(word).map(Reason::NotFetched),
        }
    }

    /// What its host reads.
    pub fn key(self) -> &'static str {
        match self {
            Reason::NotFetched(failure) => failure.key(),
            Reason::NotACalendar => "fetch-kind",
            Reason::Sealed => "calendars-reason-sealed",
        }
    }
}

impl Seen {
    pub(super) fn reason(&self) -> Option<Reason> {
        match self {
            Seen::Nothing(reason) => Some(*reason),
            Seen::Calendar { .. } | Seen::Unchanged => None,
        }
    }

    fn went(&self, before: &Calendar) -> Went {
        match self {
            Seen::Calendar { picture, .. } if picture.flaw_count > 0 => Went::Partly,
            Seen::Unchanged if before.health.is_partial => Went::Partly,
            Seen::Calendar { .. } | Seen::Unchanged => Went::Well,
            Seen::Nothing(_) => Went::Wrong,
        }
    }
}

/// One reading of a calendar. It plans the next, so that each calendar has one chain of readings;
/// whoever wants it read at once begins a new chain, and the old one ends here.
#[derive(Serialize, Deserialize)]
pub struct Read {
    pub calendar: CalendarId,
    pub round: i32,
}

impl Job for Read {
    const KIND: &'static str = "calendars.read";
    const LANE: Lane = Lane::Outside;
    const MAX_AGE: TimeDelta = TimeDelta::days(30);

    fn key(&self) -> Option<String> {
        Some(format!("calendars.read {} {}", self.calendar, self.round))
    }

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let Some(task) = Task::load(&run, &self).await? else { return Ok(Outcome::Done) };
        let seen = task.see(&run.platform).await;
        let mut tx = run.begin().await?;
        let Some(calendar) = store::locked(&mut tx, self.calendar).await? else { return Ok(Outcome::Done) };
        if calendar.round != self.round {
            return Ok(Outcome::Done);
        }
        let next = calendar.health.after(seen.went(&calendar), run.now);
        store::save(&mut tx, &calendar, &seen, next).await?;
        let is_wanted = is_wanted(&mut tx, calendar.person).await?;
        let at = next.0.next_at(run.now, is_wanted, jitter(&calendar));
        tx.enqueue(NewJob::at(Read { calendar: self.calendar, round: self.round + 1 }, at)).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// Whether somebody may book with this host; consultations of a closed call still do.
async fn is_wanted(conn: &mut sqlx::PgConnection, person: PersonId) -> Result<bool, AppError> {
    let calls = calls::of_host(conn, person).await?;
    Ok(calls.iter().any(|call| !matches!(call.stage, Stage::Draft | Stage::Archived)))
}

/// The same for each calendar each time, so that readings stay apart and nothing is left to chance.
fn jitter(calendar: &Calendar) -> TimeDelta {
    let [.., high, low] = calendar.id.0.into_bytes();
    TimeDelta::seconds(i64::from(u16::from_be_bytes([high, low])) % JITTER_SECONDS)
}

/// What came from the server.
enum Came {
    File { bytes: Vec<u8>, etag: Option<String>, last_modified: Option<String> },
    Unchanged,
}

/// Everything that a reading needs to know beforehand.
struct Task {
    calendar: Calendar,
    secret: Option<Secret>,
    receiver: Receiver,
    own: HashSet<String>,
    window: Interval,
    /// Whether an unchanged file may be left unread.
    is_fresh: bool,
}

impl Task {
    async fn load(run: &JobRun, read: &Read) -> Result<Option<Self>, AppError> {
        let mut conn = db::Read::begin(&run.platform.db).await?;
        let Some(calendar) = store::system(&mut conn, read.calendar).await? else { return Ok(None) };
        if calendar.round != read.round {
            return Ok(None);
        }
        let window =
            Interval::new(run.now - BACK, run.now + AHEAD).ok_or(AppError::Unprocessable("an empty window"))?;
        let read_at = store::picture(&mut conn, read.calendar).await?.map(|picture| picture.read_at);
        Ok(Some(Self {
            secret: store::secret(&mut conn, &calendar, &run.platform.keys).await?,
            receiver: people::receiver(&mut conn, calendar.person).await?,
            own: (run.platform.own_sessions)(&mut conn, calendar.person, window.start()).await?,
            window,
            is_fresh: read_at.is_some_and(|at| run.now - at < WHOLE_AGAIN),
            calendar,
        }))
    }

    async fn see(self, platform: &Platform) -> Seen {
        let fetched = match &self.secret {
            Some(Secret::Feed { address }) => self.fetch(platform, address).await,
            Some(Secret::CalDav { address, user, password }) => self.query(platform, address, user, password).await,
            None => return Seen::Nothing(Reason::Sealed),
        };
        match fetched {
            Ok(Came::Unchanged) => Seen::Unchanged,
            Ok(Came::File { bytes, etag, last_modified }) => self.understand(bytes, etag, last_modified).await,
            Err(failure) => Seen::Nothing(Reason::NotFetched(failure)),
        }
    }

    async fn fetch(&self, platform: &Platform, address: &str) -> Result<Came, Failure> {
        let address = platform.http.address(address)?;
        let only_new = |value: &Option<String>| value.clone().filter(|_| self.is_fresh);
        let request = Request { kinds: &KINDS, ..Request::get(&address) }
            .with(header::ACCEPT, Some("text/calendar, text/plain;q=0.5"))
            .with(header::IF_NONE_MATCH, only_new(&self.calendar.etag).as_deref())
            .with(header::IF_MODIFIED_SINCE, only_new(&self.calendar.last_modified).as_deref());
        let fetched = platform.http.fetch(request).await?;
        match fetched.status == StatusCode::NOT_MODIFIED && self.is_fresh {
            true => Ok(Came::Unchanged),
            false => Ok(Came::File {
                etag: fetched.header(header::ETAG),
                last_modified: fetched.header(header::LAST_MODIFIED),
                bytes: fetched.body,
            }),
        }
    }

    /// An account without events in the window is empty, not unreadable.
    async fn query(&self, platform: &Platform, address: &str, user: &str, password: &str) -> Result<Came, Failure> {
        let address = platform.http.address(address)?;
        let account = Account { address: &address, user, password };
        let mut bytes = dav::events(&platform.http, &account, &self.window).await?;
        if bytes.is_empty() {
            bytes = EMPTY.to_vec();
        }
        Ok(Came::File { bytes, etag: None, last_modified: None })
    }

    /// A calendar that makes the reader panic has not been read.
    async fn understand(self, bytes: Vec<u8>, etag: Option<String>, last_modified: Option<String>) -> Seen {
        let now = self.window.start() + BACK;
        let reading = tokio::task::spawn_blocking(move || self.read(&bytes)).await;
        match reading {
            Ok(Ok(reading)) => match picture(reading, now) {
                Ok(picture) => Seen::Calendar { picture, etag, last_modified },
                Err(_) => Seen::Nothing(Reason::NotACalendar),
            },
            Ok(Err(_)) | Err(_) => Seen::Nothing(Reason::NotACalendar),
        }
    }

    fn read(&self, bytes: &[u8]) -> Result<ical::Reading, ical::Unreadable> {
        let asked = Asked {
            zone: self.receiver.speech.zone,
            window: self.window,
            reads: self.calendar.reads,
            addresses: std::slice::from_ref(&self.receiver.address),
            own: &self.own,
        };
        ical::busy(bytes, &asked)
    }
}

fn picture(reading: ical::Reading, now: chrono::DateTime<Utc>) -> Result<Picture, TryFromIntError> {
    Ok(Picture {
        events: reading.events.try_into()?,
        flaws: reading.flaws.iter().map(KeptFlaw::from).collect(),
        flaw_count: reading.flaw_count.try_into()?,
        busy: reading.busy,
        read_at: now,
    })
}

/// A call was opened: the calendars of its hosts are read at once, and often from now on.
#[derive(Serialize, Deserialize)]
pub struct OfCall {
    pub call: CallId,
}

impl Job for OfCall {
    const KIND: &'static str = "calendars.read_of_call";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let hosts = calls::attending(&mut tx, self.call).await?;
        store::read_soon(&mut tx, None, &hosts).await?;
        Ok(Outcome::DoneWith(tx))
    }
}

/// A time was booked: the calendars of its hosts are read at once, to find what came in between.
#[derive(Serialize, Deserialize)]
pub struct OfConsultation {
    pub consultation: ConsultationId,
}

impl Job for OfConsultation {
    const KIND: &'static str = "calendars.read_of_consultation";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let call = consultations::system(&mut tx, self.consultation).await?.call;
        let hosts = calls::attending(&mut tx, call).await?;
        store::read_soon(&mut tx, None, &hosts).await?;
        Ok(Outcome::DoneWith(tx))
    }
}
