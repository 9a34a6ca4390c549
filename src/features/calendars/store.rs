//! All SQL over calendars, their busy time, and sessions in them.

mod collections;
mod objects;
pub mod privacy;
pub mod retention;

pub use collections::{Collection, Writable, choose, collections, set_target, writable};
pub(super) use objects::expected;
pub use objects::{Object, has_target, keep_reason, make, object, put_down, take_off, unwrite, writers_of, written_of};

use super::form::{Kind, Place, Secret, Written, all_day, all_day_word, counts, counts_word};
use super::read::Seen;
use super::reason::Reason;
use crate::domain::audit::{self, Action};
use crate::domain::calendar::{Health, News, Stage, Stance};
use crate::domain::fact::Fact;
use crate::domain::ical::{Choice, Flaw, Otherwise, Reads};
use crate::domain::id::{CalendarId, PersonId};
use crate::domain::interval::{Interval, Intervals};
use crate::platform::asker::Asker;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::http_client::Failure;
use crate::platform::jobs::NewJob;
use crate::platform::random;
use crate::platform::seal::Keys;
use anyhow::{Context, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// From the beginning of one reading to that of the next, however often somebody presses "read now".
const BREATH: TimeDelta = TimeDelta::seconds(60);
/// No reading takes longer, and none that is due waits longer while jobs are run: whoever asks then begins anew.
const STUCK: TimeDelta = TimeDelta::minutes(10);

/// A connected calendar.
#[derive(Debug)]
pub struct Calendar {
    pub id: CalendarId,
    pub person: PersonId,
    pub kind: Kind,
    pub name: String,
    /// Scheme, host and port of its address: what may be shown.
    pub origin: String,
    pub reads: Reads,
    pub stance: Stance,
    pub health: Health,
    pub round: i32,
    pub fetched_at: Option<DateTime<Utc>>,
    /// When a reading last began.
    pub begun_at: Option<DateTime<Utc>>,
    /// Since when a reading is asked for that has not begun.
    pub asked_at: Option<DateTime<Utc>>,
    pub reason: Option<Reason>,
    /// The origin at which its server says the account is.
    pub elsewhere: Option<String>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

struct Row {
    id: CalendarId,
    person: PersonId,
    kind: String,
    name: String,
    origin: String,
    all_day: String,
    tentative: String,
    unanswered: String,
    is_soft: bool,
    asks_host: bool,
    stage: String,
    round: i32,
    failures: i32,
    is_partial: bool,
    fetched_at: Option<DateTime<Utc>>,
    begun_at: Option<DateTime<Utc>>,
    asked_at: Option<DateTime<Utc>>,
    good_at: Option<DateTime<Utc>>,
    told_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    elsewhere: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Calendar {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let unknown = |what: &str| AppError::Unexpected(anyhow!("calendars {}: unknown {what}", row.id));
        Ok(Self {
            reads: Reads {
                all_day: all_day(&row.all_day).ok_or_else(|| unknown("reading of whole days"))?,
                tentative: counts(&row.tentative).ok_or_else(|| unknown("reading of tentative events"))?,
                unanswered: counts(&row.unanswered).ok_or_else(|| unknown("reading of unanswered events"))?,
            },
            health: Health {
                stage: Stage::parse(&row.stage).ok_or_else(|| unknown("stage"))?,
                created_at: row.created_at,
                good_at: row.good_at,
                is_partial: row.is_partial,
                failures: row.failures,
                told_at: row.told_at,
            },
            kind: Kind::parse(&row.kind).ok_or_else(|| unknown("kind"))?,
            id: row.id,
            person: row.person,
            name: row.name,
            origin: row.origin,
            stance: Stance::of(row.is_soft, row.asks_host),
            round: row.round,
            fetched_at: row.fetched_at,
            begun_at: row.begun_at,
            asked_at: row.asked_at,
            reason: row.reason.as_deref().and_then(Reason::parse),
            elsewhere: row.elsewhere,
            etag: row.etag,
            last_modified: row.last_modified,
        })
    }
}

impl Calendar {
    /// When it may be read the next time.
    pub(super) fn next_from(&self) -> Option<DateTime<Utc>> {
        self.begun_at.max(self.fetched_at).map(|at| at + BREATH)
    }

    fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.asked_at.is_some_and(|at| now < at + STUCK)
    }

    fn is_under_way(&self, now: DateTime<Utc>) -> bool {
        self.begun_at > self.fetched_at && self.begun_at.is_some_and(|at| now < at + STUCK)
    }

    /// What its sealed address is bound to: this row, its person, its server.
    fn bound_to(&self) -> String {
        bound_to(self.id, self.person, &self.origin)
    }
}

fn bound_to(id: CalendarId, person: PersonId, origin: &str) -> String {
    format!("calendar {id} of {person} at {origin}")
}

async fn rows(
    conn: &mut PgConnection,
    id: Option<CalendarId>,
    persons: &[PersonId],
) -> Result<Vec<Calendar>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select calendar_id as "id: CalendarId", person_id as "person: PersonId", kind, name, origin, all_day, tentative, unanswered, is_soft, asks_host,
                  stage, round, failures, is_partial, fetched_at, begun_at, asked_at, good_at, told_at, reason, elsewhere, etag, last_modified, created_at
             from calendars where calendar_id = $1 or person_id = any($2) order by created_at, calendar_id"#,
        id as Option<CalendarId>,
        persons as &[PersonId],
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Calendar::try_from).collect()
}

/// All calendars of a person, those connected first first.
pub async fn of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Calendar>, AppError> {
    rows(conn, None, &[person]).await
}

/// The calendar for the host who connected it; `NotFound` for everyone else.
pub async fn for_owner(conn: &mut PgConnection, id: CalendarId, asker: &Asker) -> Result<Calendar, AppError> {
    let person = asker.id()?;
    system(conn, id).await?.filter(|calendar| calendar.person == person).ok_or(AppError::NotFound)
}

/// The calendar for jobs; `None` when it was removed.
pub(super) async fn system(conn: &mut PgConnection, id: CalendarId) -> Result<Option<Calendar>, AppError> {
    Ok(rows(conn, Some(id), &[]).await?.pop())
}

/// The same with its row locked, so that two readings are written one after the other.
pub(super) async fn locked(tx: &mut Tx, id: CalendarId) -> Result<Option<Calendar>, AppError> {
    sqlx::query!("select calendar_id from calendars where calendar_id = $1 for no key update", id as CalendarId)
        .fetch_optional(&mut **tx)
        .await?;
    system(tx, id).await
}

/// What opens the calendar; `None` where it was not sealed for it, or with a key that is gone.
pub(super) async fn secret(
    conn: &mut PgConnection,
    calendar: &Calendar,
    keys: &Keys,
) -> Result<Option<Secret>, AppError> {
    let sealed = sqlx::query_scalar!("select address from calendars where calendar_id = $1", calendar.id as CalendarId)
        .fetch_optional(conn)
        .await?;
    let opened = sealed.and_then(|sealed| keys.open(&sealed, &calendar.bound_to()));
    Ok(opened.and_then(|secret| serde_json::from_str(&secret).ok()))
}

/// This instance has no key to seal with.
#[derive(Debug)]
pub struct NoKeys;

fn seal(tx: &Tx, id: CalendarId, person: PersonId, place: &Place) -> Result<Result<Vec<u8>, NoKeys>, AppError> {
    let bound_to = bound_to(id, person, &place.address.origin());
    let secret = serde_json::to_string(&place.secret).context("writing what opens a calendar")?;
    Ok(tx.platform().keys.seal(&secret, &bound_to).ok_or(NoKeys))
}

/// Seals under the newest key what opens some of the calendars after one and stands under a former key; gives the
/// last of them.
pub async fn seal_anew(
    tx: &mut Tx,
    keys: &Keys,
    after: Option<CalendarId>,
    limit: i64,
) -> Result<Option<CalendarId>, AppError> {
    let Some(mark) = keys.mark() else { return Ok(None) };
    let rows = sqlx::query!(
        r#"select calendar_id as "id: CalendarId", person_id as "person: PersonId", origin, address from calendars
            where substring(address from 1 for length($1::bytea)) <> $1 and ($2::uuid is null or calendar_id > $2)
            order by calendar_id limit $3 for no key update"#,
        mark,
        after as Option<CalendarId>,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        if let Some(sealed) = keys.anew(&row.address, &bound_to(row.id, row.person, &row.origin)) {
            sqlx::query!("update calendars set address = $2 where calendar_id = $1", row.id as CalendarId, sealed)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(rows.last().map(|row| row.id))
}

/// Writes a new calendar and has it read.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    written: &Written,
    place: &Place,
) -> Result<Result<CalendarId, NoKeys>, AppError> {
    let (id, now): (CalendarId, _) = (random::id(), tx.now());
    let sealed = match seal(tx, id, person, place)? {
        Ok(sealed) => sealed,
        Err(none) => return Ok(Err(none)),
    };
    sqlx::query!(
        r#"insert into calendars (calendar_id, person_id, kind, name, origin, address, all_day, tentative, unanswered, is_soft, asks_host, stage, created_at)
           values ($1, $2, $11, $3, $4, $5, $6, $7, $8, $9, $12, 'fetching', $10)"#,
        id as CalendarId,
        person as PersonId,
        written.name.as_str(),
        place.address.origin(),
        sealed,
        all_day_word(written.reads.all_day),
        counts_word(written.reads.tentative),
        counts_word(written.reads.unanswered),
        written.stance.is_soft(),
        now,
        place.secret.kind().as_str(),
        written.stance == Stance::Asks,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::CalendarConnected { calendar: id }).await?;
    read_anew(tx, Some(id), &[]).await?;
    Ok(Ok(id))
}

/// Stores how a calendar is read, and where it is when that changed. It is read anew: the answer to
/// "only when changed" would not know. What was written to another account than the new one is out of
/// reach, and forgotten: credentials of one server go to no other.
pub async fn update(
    tx: &mut Tx,
    calendar: &Calendar,
    written: &Written,
    place: Option<&Place>,
) -> Result<Result<(), NoKeys>, AppError> {
    let sealed = match place.map(|place| seal(tx, calendar.id, calendar.person, place)).transpose()? {
        None => None,
        Some(Ok(sealed)) => Some(sealed),
        Some(Err(none)) => return Ok(Err(none)),
    };
    let platform = tx.platform().clone();
    let former = secret(tx, calendar, &platform.keys).await?;
    let is_same = place.is_none_or(|new| former.is_some_and(|former| former.is_same_account(&new.secret)));
    sqlx::query!(
        r#"update calendars
              set name = $2, all_day = $3, tentative = $4, unanswered = $5, is_soft = $6, origin = coalesce($7, origin),
                  address = coalesce($8, address), kind = coalesce($9, kind), asks_host = $10, etag = null, last_modified = null
            where calendar_id = $1"#,
        calendar.id as CalendarId,
        written.name.as_str(),
        all_day_word(written.reads.all_day),
        counts_word(written.reads.tentative),
        counts_word(written.reads.unanswered),
        written.stance.is_soft(),
        place.map(|place| place.address.origin()),
        sealed,
        place.map(|place| place.secret.kind().as_str()),
        written.stance == Stance::Asks,
    )
    .execute(&mut **tx)
    .await?;
    if !is_same {
        collections::forget(tx, calendar.id).await?;
    }
    tx.record(Fact::CalendarChanged { calendar: calendar.id }).await?;
    read_anew(tx, Some(calendar.id), &[]).await?;
    Ok(Ok(()))
}

/// Forgets a calendar, its address and its picture.
pub async fn remove(tx: &mut Tx, id: CalendarId) -> Result<(), AppError> {
    sqlx::query!("delete from calendars where calendar_id = $1", id as CalendarId).execute(&mut **tx).await?;
    tx.record(Fact::CalendarRemoved { calendar: id }).await
}

/// Forgets which version of their files the calendars of a person were read from.
pub async fn forget_versions(conn: &mut PgConnection, person: PersonId) -> Result<(), AppError> {
    sqlx::query!("update calendars set etag = null, last_modified = null where person_id = $1", person as PersonId)
        .execute(conn)
        .await?;
    Ok(())
}

/// Has calendars read as soon as may be: one by its ID, and all of these people. Whoever asks while a reading
/// is under way lets it end, or a slow server would be asked again and again and never heard out; another
/// follows it.
pub async fn read_soon(tx: &mut Tx, id: Option<CalendarId>, persons: &[PersonId]) -> Result<(), AppError> {
    let now = tx.now();
    for calendar in locked_all(tx, id, persons).await?.into_iter().filter(|calendar| !calendar.is_due(now)) {
        match calendar.is_under_way(now) {
            true => ask(tx, calendar.id, 0).await.map(drop)?,
            false => begin_round(tx, &calendar).await?,
        }
    }
    Ok(())
}

/// The same where what is read, or how, is another than before: a reading under way counts no more.
pub async fn read_anew(tx: &mut Tx, id: Option<CalendarId>, persons: &[PersonId]) -> Result<(), AppError> {
    for calendar in locked_all(tx, id, persons).await? {
        begin_round(tx, &calendar).await?;
    }
    Ok(())
}

/// The calendars behind their locks, in the order of all who lock several.
async fn locked_all(tx: &mut Tx, id: Option<CalendarId>, persons: &[PersonId]) -> Result<Vec<Calendar>, AppError> {
    sqlx::query!(
        "select calendar_id from calendars where calendar_id = $1 or person_id = any($2) order by calendar_id for no key update",
        id as Option<CalendarId>,
        persons as &[PersonId],
    )
    .fetch_all(&mut **tx)
    .await?;
    rows(tx, id, persons).await
}

/// Plans a reading of a new round; what was planned for the former finds that it is over.
async fn begin_round(tx: &mut Tx, calendar: &Calendar) -> Result<(), AppError> {
    let round = ask(tx, calendar.id, 1).await?;
    let at = calendar.next_from().unwrap_or(tx.now());
    tx.enqueue(NewJob::at(super::read::Read { calendar: calendar.id, round }, at)).await
}

/// Remembers that a reading is asked for, some rounds on; the round.
async fn ask(tx: &mut Tx, id: CalendarId, rounds: i32) -> Result<i32, AppError> {
    let now = tx.now();
    let round = sqlx::query_scalar!(
        "update calendars set asked_at = $2, round = round + $3 where calendar_id = $1 returning round",
        id as CalendarId,
        now,
        rounds,
    );
    Ok(round.fetch_one(&mut **tx).await?)
}

/// Remembers that the reading of a round begins; false where its round is over.
pub(super) async fn begin(tx: &mut Tx, id: CalendarId, round: i32) -> Result<bool, AppError> {
    let now = tx.now();
    let begun = sqlx::query!(
        "update calendars set begun_at = $3, asked_at = null where calendar_id = $1 and round = $2",
        id as CalendarId,
        round,
        now,
    );
    Ok(begun.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Something in a calendar that was not understood, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFlaw {
    /// The event by its UID or start; none for the calendar itself.
    pub event: Option<String>,
    pub what: String,
    /// The property or zone that it is about.
    pub of: Option<String>,
}

impl From<&Flaw> for KeptFlaw {
    fn from(flaw: &Flaw) -> Self {
        Self { event: flaw.event.clone(), what: flaw.what.as_str().to_owned(), of: flaw.what.of().map(str::to_owned) }
    }
}

/// What another choice of reading would change, as it is kept: the field and word of its form, and the
/// first times that it frees and takes, with how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptOtherwise {
    pub field: String,
    pub word: String,
    pub frees: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub frees_count: usize,
    pub takes: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub takes_count: usize,
}

/// Times of one choice that are kept by themselves.
const OTHERWISE_KEPT: usize = 3;

impl From<&Otherwise> for KeptOtherwise {
    fn from(otherwise: &Otherwise) -> Self {
        let (field, word) = match otherwise.choice {
            Choice::AllDay(word) => ("all_day", all_day_word(word)),
            Choice::Tentative(word) => ("tentative", counts_word(word)),
            Choice::Unanswered(word) => ("unanswered", counts_word(word)),
        };
        let first = |times: &Intervals| times.iter().take(OTHERWISE_KEPT).map(|i| (i.start(), i.end())).collect();
        Self {
            field: field.to_owned(),
            word: word.to_owned(),
            frees: first(&otherwise.frees),
            frees_count: otherwise.frees.as_slice().len(),
            takes: first(&otherwise.takes),
            takes_count: otherwise.takes.as_slice().len(),
        }
    }
}

/// The picture of a calendar.
pub struct Picture {
    pub busy: Intervals,
    pub events: i32,
    pub flaws: Vec<KeptFlaw>,
    pub flaw_count: i32,
    pub otherwise: Vec<KeptOtherwise>,
    pub read_at: DateTime<Utc>,
}

/// The picture in force; `None` before the first.
pub async fn picture(conn: &mut PgConnection, id: CalendarId) -> Result<Option<Picture>, AppError> {
    let row = sqlx::query!(
        "select starts, ends, events, flaws, flaw_count, otherwise, read_at from calendar_busy where calendar_id = $1",
        id as CalendarId,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Picture {
        busy: Intervals::of(pairs(row.starts, row.ends).collect()),
        events: row.events,
        flaws: serde_json::from_value(row.flaws).context("reading flaws of a calendar")?,
        flaw_count: row.flaw_count,
        otherwise: serde_json::from_value(row.otherwise).context("reading what other choices change")?,
        read_at: row.read_at,
    }))
}

/// Stores what a reading gave, and has told what is new.
pub(super) async fn save(
    tx: &mut Tx,
    calendar: &Calendar,
    seen: &Seen,
    next: (Health, Option<News>),
) -> Result<(), AppError> {
    let ((health, news), now) = (next, tx.now());
    if let Seen::Calendar { picture, came, strayed } = seen {
        collections::list(tx, calendar, &came.listed).await?;
        save_picture(tx, calendar, picture).await?;
        for (object, how) in strayed {
            objects::stray(tx, object, *how).await?;
        }
    }
    let (etag, last_modified) = match seen {
        Seen::Calendar { came, .. } => (came.etag.clone(), came.last_modified.clone()),
        Seen::Unchanged | Seen::Nothing(_) | Seen::Elsewhere(_) => {
            (calendar.etag.clone(), calendar.last_modified.clone())
        }
    };
    let elsewhere = match seen {
        Seen::Elsewhere(origin) => Some(origin.as_str()),
        Seen::Calendar { .. } | Seen::Unchanged | Seen::Nothing(_) => None,
    };
    sqlx::query!(
        r#"update calendars
              set stage = $2, failures = $3, is_partial = $4, fetched_at = $5, good_at = $6, told_at = $7, reason = $8, etag = $9,
                  last_modified = $10, elsewhere = $11, round = round + 1
            where calendar_id = $1"#,
        calendar.id as CalendarId,
        health.stage.as_str(),
        health.failures,
        health.is_partial,
        now,
        health.good_at,
        health.told_at,
        seen.reason().map(|reason| reason.as_str()),
        etag,
        last_modified,
        elsewhere,
    )
    .execute(&mut **tx)
    .await?;
    // The first of a row of failures: each reading after it is the same refusal.
    if seen.reason() == Some(Reason::NotFetched(Failure::Policy)) && calendar.health.failures == 0 {
        tx.refused(calendar.person, Action::AddressRefused, audit::Object::new(audit::Kind::Calendar, calendar.id.0))
            .await?;
    }
    match news {
        Some(News::Broke) => tx.record(Fact::CalendarBroke { calendar: calendar.id }).await,
        Some(News::Recovered) => tx.record(Fact::CalendarRecovered { calendar: calendar.id }).await,
        None => Ok(()),
    }
}

async fn save_picture(tx: &mut Tx, calendar: &Calendar, new: &Picture) -> Result<(), AppError> {
    let is_same = picture(tx, calendar.id).await?.is_some_and(|old| old.busy == new.busy);
    let flaws = serde_json::to_value(&new.flaws).context("writing flaws of a calendar")?;
    let otherwise = serde_json::to_value(&new.otherwise).context("writing what other choices change")?;
    let (starts, ends): (Vec<_>, Vec<_>) = new.busy.iter().map(|busy| (busy.start(), busy.end())).unzip();
    sqlx::query!(
        r#"insert into calendar_busy (calendar_id, starts, ends, events, flaws, flaw_count, read_at, otherwise) values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (calendar_id) do update
              set starts = excluded.starts, ends = excluded.ends, events = excluded.events, flaws = excluded.flaws,
                  flaw_count = excluded.flaw_count, read_at = excluded.read_at, otherwise = excluded.otherwise"#,
        calendar.id as CalendarId,
        &starts,
        &ends,
        new.events,
        flaws,
        new.flaw_count,
        new.read_at,
        otherwise,
    )
    .execute(&mut **tx)
    .await?;
    match is_same {
        true => Ok(()),
        false => tx.record(Fact::BusyTimeChanged { calendar: calendar.id, person: calendar.person }).await,
    }
}

fn pairs(starts: Vec<DateTime<Utc>>, ends: Vec<DateTime<Utc>>) -> impl Iterator<Item = Interval> {
    starts.into_iter().zip(ends).filter_map(|(start, end)| Interval::new(start, end))
}

/// What the calendars of some people say together.
#[derive(Debug, Default)]
pub struct Standing {
    /// What stands in the way.
    pub busy: Intervals,
    /// What should be known before a time is offered, and does not stand in the way.
    pub soft: Intervals,
    /// The part of it for which the host is asked before it is booked.
    pub asking: Intervals,
    /// Whether nothing may be booked at once: the picture of one of them is too old, or may lack busy
    /// time. One that does not stand in the way decides nothing here.
    pub needs_host: bool,
}

/// All of these people's calendars in a window: one statement, as each page of times asks.
pub async fn standing(
    conn: &mut PgConnection,
    persons: &[PersonId],
    window: &Interval,
    now: DateTime<Utc>,
) -> Result<Standing, AppError> {
    let rows = sqlx::query!(
        r#"select c.is_soft as "is_soft!", c.asks_host as "asks_host!", c.stage as "stage!", c.created_at as "created_at!", c.good_at, c.is_partial as "is_partial!", c.failures as "failures!",
                  c.told_at, b.starts as "starts?", b.ends as "ends?"
             from calendars c left join calendar_busy b using (calendar_id) where c.person_id = any($1)"#,
        persons as &[PersonId],
    )
    .fetch_all(conn)
    .await?;
    let (mut busy, mut soft, mut asking, mut needs_host) = (Vec::new(), Vec::new(), Vec::new(), false);
    for row in rows {
        let stage =
            Stage::parse(&row.stage).ok_or_else(|| AppError::Unexpected(anyhow!("calendars: unknown stage")))?;
        let health = Health {
            stage,
            created_at: row.created_at,
            good_at: row.good_at,
            is_partial: row.is_partial,
            failures: row.failures,
            told_at: row.told_at,
        };
        let stance = Stance::of(row.is_soft, row.asks_host);
        needs_host |= !stance.is_soft() && health.needs_host(now);
        let times = pairs(row.starts.unwrap_or_default(), row.ends.unwrap_or_default());
        let times: Vec<Interval> = times.filter(|busy| busy.overlaps(window)).collect();
        if stance == Stance::Asks {
            asking.extend(&times);
        }
        if stance.is_soft() { soft.extend(times) } else { busy.extend(times) }
    }
    let within = |times| Intervals::of(times).clamp(window);
    Ok(Standing { busy: within(busy), soft: within(soft), asking: within(asking), needs_host })
}

/// A calendar that stands in the way of a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
    pub calendar: CalendarId,
    pub name: String,
    pub is_soft: bool,
}

/// Which calendars of a person have something at a time: for the reason of a clash.
pub async fn in_the_way(conn: &mut PgConnection, person: PersonId, time: &Interval) -> Result<Vec<InTheWay>, AppError> {
    let found = sqlx::query_as!(
        InTheWay,
        r#"select c.calendar_id as "calendar: CalendarId", c.name, c.is_soft from calendars c join calendar_busy b using (calendar_id)
            where c.person_id = $1
              and exists (select from unnest(b.starts, b.ends) as u (starts_at, ends_at) where u.starts_at < $3 and $2 < u.ends_at)
            order by c.created_at, c.calendar_id"#,
        person as PersonId,
        time.start(),
        time.end(),
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}
