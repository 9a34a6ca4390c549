//! Reads calendars: fetches outside of any transaction, understands, keeps the picture, plans the
//! next reading.

use super::form::Secret;
use super::reason::Reason;
use super::store::{self, Calendar, KeptFlaw, KeptOtherwise, Object, Picture};
use super::writing;
use crate::domain::calendar::{AHEAD, Went};
use crate::domain::calendar_object::{self, Found, Strayed};
use crate::domain::call::Stage;
use crate::domain::ical::{self, Asked};
use crate::domain::id::{CalendarId, CallId, ConsultationId, PersonId};
use crate::domain::interval::Interval;
use crate::features::{calls, consultations, people};
use crate::platform::Platform;
use crate::platform::dav::{self, Account, Listed};
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
use std::sync::Arc;

/// What began before now still takes time, and buffers reach back.
const BACK: TimeDelta = TimeDelta::days(1);
/// An unchanged file is read whole again after this, as its picture ends with its horizon.
const WHOLE_AGAIN: TimeDelta = TimeDelta::days(1);
/// For so long it is worked out what other choices of reading would change, of files up to this size:
/// each choice is a reading of its own.
const WEEKS: TimeDelta = TimeDelta::weeks(4);
const COMPARED_BYTES: usize = 1024 * 1024;
/// Calendars of an instance are read within this of each other.
const JITTER_SECONDS: i64 = 180;
/// Sessions that one reading looks for by themselves; an emptied calendar has many.
const LOOKED_FOR: usize = 20;
/// Servers call calendars by many names; whether it is one, its text says. A page never is.
const KINDS: [&str; 5] =
    ["text/calendar", "text/plain", "application/octet-stream", "application/ics", "binary/octet-stream"];

const EMPTY: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//empty//EN\r\nEND:VCALENDAR\r\n";

/// What a reading gave.
pub(super) enum Seen {
    Calendar {
        picture: Picture,
        came: Came,
        /// What hosts did to sessions that were written there.
        strayed: Vec<(Object, Strayed)>,
    },
    /// The same as the last time.
    Unchanged,
    Nothing(Reason),
    /// The account is at another origin.
    Elsewhere(String),
}

impl Seen {
    pub(super) fn reason(&self) -> Option<Reason> {
        match self {
            Seen::Nothing(reason) => Some(*reason),
            Seen::Elsewhere(_) => Some(Reason::Elsewhere),
            Seen::Calendar { .. } | Seen::Unchanged => None,
        }
    }

    fn went(&self, before: &Calendar) -> Went {
        match self {
            Seen::Calendar { picture, .. } if picture.flaw_count > 0 => Went::Partly,
            Seen::Unchanged if before.health.is_partial => Went::Partly,
            Seen::Calendar { .. } | Seen::Unchanged => Went::Well,
            Seen::Nothing(_) | Seen::Elsewhere(_) => Went::Wrong,
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
        let mut tx = run.begin().await?;
        if !store::begin(&mut tx, self.calendar, self.round).await? {
            return Ok(Outcome::Done);
        }
        tx.commit().await?;
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
        let usual = next.0.next_at(run.now, is_wanted, jitter(&calendar));
        let at = calendar.asked_at.and(calendar.next_from()).unwrap_or(usual);
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

/// What came with the bytes of a calendar.
#[derive(Default)]
pub(super) struct Came {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// The calendars of an account.
    pub(super) listed: Vec<Listed>,
}

/// What came from the server.
enum Fetched {
    File(Vec<u8>, Came),
    Unchanged,
}

/// Everything that a reading needs to know beforehand.
struct Task {
    calendar: Calendar,
    secret: Option<Secret>,
    receiver: Receiver,
    own: HashSet<String>,
    /// Paths of the account's calendars that take no time.
    unread: HashSet<String>,
    /// Sessions that were written to it.
    expected: Vec<Object>,
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
        let ahead = Interval::new(run.now, window.end()).ok_or(AppError::Unprocessable("an empty window"))?;
        let read_at = store::picture(&mut conn, read.calendar).await?.map(|picture| picture.read_at);
        let collections = store::collections(&mut conn, read.calendar).await?;
        let unread = collections.into_iter().filter(|collection| !collection.counts());
        Ok(Some(Self {
            secret: store::secret(&mut conn, &calendar, &run.platform.keys).await?,
            receiver: people::receiver(&mut conn, calendar.person).await?,
            own: (run.platform.later.own_sessions)(&mut conn, calendar.person, window.start()).await?,
            unread: unread.map(|collection| collection.path).collect(),
            expected: store::expected(&mut conn, read.calendar, &ahead).await?,
            window,
            is_fresh: read_at.is_some_and(|at| run.now - at < WHOLE_AGAIN),
            calendar,
        }))
    }

    async fn see(self, platform: &Platform) -> Seen {
        let fetched = match &self.secret {
            Some(Secret::Feed { address }) => self.fetch(platform, address).await.map_err(dav::Error::from),
            Some(Secret::CalDav { address, user, password }) => self.query(platform, address, user, password).await,
            None => return Seen::Nothing(Reason::Sealed),
        };
        match fetched {
            Ok(Fetched::Unchanged) => Seen::Unchanged,
            Ok(Fetched::File(bytes, came)) => self.understand(platform, bytes, came).await,
            Err(dav::Error::Elsewhere(origin)) => Seen::Elsewhere(origin),
            Err(dav::Error::Failed(failure)) => Seen::Nothing(Reason::NotFetched(failure)),
        }
    }

    async fn fetch(&self, platform: &Platform, address: &str) -> Result<Fetched, Failure> {
        let address = platform.http.address(address)?;
        let only_new = |value: &Option<String>| value.clone().filter(|_| self.is_fresh);
        let request = Request { kinds: &KINDS, ..Request::get(&address) }
            .with(header::ACCEPT, Some("text/calendar, text/plain;q=0.5"))
            .with(header::IF_NONE_MATCH, only_new(&self.calendar.etag).as_deref())
            .with(header::IF_MODIFIED_SINCE, only_new(&self.calendar.last_modified).as_deref());
        let fetched = platform.http.fetch(request).await?;
        let came = Came {
            etag: fetched.header(header::ETAG),
            last_modified: fetched.header(header::LAST_MODIFIED),
            listed: Vec::new(),
        };
        match fetched.status == StatusCode::NOT_MODIFIED && self.is_fresh {
            true => Ok(Fetched::Unchanged),
            false => Ok(Fetched::File(fetched.body, came)),
        }
    }

    /// An account without events in the window is empty, not unreadable.
    async fn query(
        &self,
        platform: &Platform,
        address: &str,
        user: &str,
        password: &str,
    ) -> Result<Fetched, dav::Error> {
        let address = platform.http.address(address)?;
        let account = Account { address: &address, user, password };
        let is_wanted = |path: &str| !self.unread.contains(path);
        let mut reading = dav::events(&platform.http, &account, &self.window, is_wanted).await?;
        if reading.events.is_empty() {
            reading.events = EMPTY.to_vec();
        }
        Ok(Fetched::File(reading.events, Came { listed: reading.calendars, ..Came::default() }))
    }

    /// A calendar that makes the reader panic has not been read.
    async fn understand(self, platform: &Platform, bytes: Vec<u8>, came: Came) -> Seen {
        let (now, task) = (self.window.start() + BACK, Arc::new(self));
        let reading = {
            let task = task.clone();
            tokio::task::spawn_blocking(move || task.read(&bytes)).await
        };
        let Ok(Ok((reading, otherwise))) = reading else { return Seen::Nothing(Reason::NotACalendar) };
        let strayed = task.strayed(platform, &reading).await;
        match picture(reading, &otherwise, now) {
            Ok(picture) => Seen::Calendar { picture, came, strayed },
            Err(_) => Seen::Nothing(Reason::NotACalendar),
        }
    }

    /// What happened to our sessions there. What was only not seen is looked for once more, as
    /// absence is a hint; a server that does not answer that keeps everything as it is.
    async fn strayed(&self, platform: &Platform, reading: &ical::Reading) -> Vec<(Object, Strayed)> {
        let Some(Secret::CalDav { address, user, password }) = &self.secret else { return Vec::new() };
        let Ok(address) = platform.http.address(address) else { return Vec::new() };
        let account = Account { address: &address, user, password };
        let (mut strayed, mut asked) = (Vec::new(), 0);
        for object in &self.expected {
            let Some((_, starts_at)) = object.written else { continue };
            match calendar_object::found(&object.uid, starts_at, &reading.own) {
                Found::AsWritten => {}
                Found::Elsewhere(start) => strayed.push((object.clone(), Strayed::Moved(Some(start)))),
                Found::CalledOff => strayed.push((object.clone(), Strayed::Missing)),
                Found::NotSeen if asked < LOOKED_FOR => {
                    asked += 1;
                    match writing::is_gone(platform, &account, object).await {
                        Ok(true) => strayed.push((object.clone(), Strayed::Missing)),
                        Ok(false) if !self.unread.contains(&object.collection) => {
                            strayed.push((object.clone(), Strayed::Moved(None)));
                        }
                        Ok(false) => {}
                        // A slow server is not asked twenty times in vain.
                        Err(_) => break,
                    }
                }
                Found::NotSeen => {}
            }
        }
        strayed
    }

    fn read(&self, bytes: &[u8]) -> Result<(ical::Reading, Vec<ical::Otherwise>), ical::Unreadable> {
        let asked = Asked {
            zone: self.receiver.speech.zone,
            window: self.window,
            reads: self.calendar.reads,
            addresses: std::slice::from_ref(&self.receiver.address),
            own: &self.own,
        };
        let reading = ical::busy(bytes, &asked)?;
        let (from, to) = (self.window.start() + BACK, self.window.start() + BACK + WEEKS);
        let weeks = Interval::new(from, to).filter(|_| bytes.len() <= COMPARED_BYTES);
        let otherwise = weeks.map(|weeks| ical::otherwise(bytes, &asked, weeks)).unwrap_or_default();
        Ok((reading, otherwise))
    }
}

fn picture(
    reading: ical::Reading,
    otherwise: &[ical::Otherwise],
    now: chrono::DateTime<Utc>,
) -> Result<Picture, TryFromIntError> {
    Ok(Picture {
        events: reading.events.try_into()?,
        flaws: reading.flaws.iter().map(KeptFlaw::from).collect(),
        flaw_count: reading.flaw_count.try_into()?,
        busy: reading.busy,
        otherwise: otherwise.iter().map(KeptOtherwise::from).collect(),
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

/// A host's zone changed, by which days and floating times are read: their calendars are read at once, and
/// whole, since their files did not change.
#[derive(Serialize, Deserialize)]
pub struct OfPerson {
    pub person: PersonId,
}

impl Job for OfPerson {
    const KIND: &'static str = "calendars.read_of_person";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        store::forget_versions(&mut tx, self.person).await?;
        store::read_anew(&mut tx, None, &[self.person]).await?;
        Ok(Outcome::DoneWith(tx))
    }
}
