//! Sessions in hosts' calendars: where each was put, and what its host did to it there.

use crate::domain::calendar_object::Strayed;
use crate::domain::fact::Fact;
use crate::domain::id::{BookingId, CalendarId, CollectionId, PersonId};
use crate::domain::interval::Interval;
use crate::features::calendars::reason::Reason;
use crate::platform::dav::Place;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A session in a host's calendar.
#[derive(Clone, Debug)]
pub struct Object {
    pub booking: BookingId,
    pub person: PersonId,
    pub calendar: CalendarId,
    /// Name of the account.
    pub account: String,
    /// The calendar that it is in, and its path.
    collection_id: CollectionId,
    pub collection: String,
    pub is_in_target: bool,
    pub uid: String,
    pub place: Place,
    /// What was put there: the booking's sequence and start; none where that is not known to have
    /// worked.
    pub written: Option<(i32, DateTime<Utc>)>,
    /// Why the last attempt to write it failed.
    pub reason: Option<Reason>,
    pub strayed: Option<Strayed>,
}

struct Row {
    booking: BookingId,
    person: PersonId,
    calendar: CalendarId,
    account: String,
    collection_id: CollectionId,
    collection: String,
    is_in_target: bool,
    uid: String,
    path: String,
    etag: Option<String>,
    sequence: Option<i32>,
    starts_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    strayed: Option<String>,
    strayed_to: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Object {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let strayed = row.strayed.as_deref().map(|word| {
            Strayed::parse(word, row.strayed_to)
                .ok_or_else(|| AppError::Unexpected(anyhow!("calendar_objects {}: unknown straying", row.booking)))
        });
        Ok(Self {
            strayed: strayed.transpose()?,
            booking: row.booking,
            person: row.person,
            calendar: row.calendar,
            account: row.account,
            collection_id: row.collection_id,
            collection: row.collection,
            is_in_target: row.is_in_target,
            uid: row.uid,
            place: Place { path: row.path, etag: row.etag },
            written: row.sequence.zip(row.starts_at),
            reason: row.reason.as_deref().and_then(Reason::parse),
        })
    }
}

/// A person's session in their calendar.
pub async fn object(conn: &mut PgConnection, booking: BookingId, person: PersonId) -> Result<Option<Object>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select o.booking_id as "booking: BookingId", o.person_id as "person: PersonId", c.calendar_id as "calendar: CalendarId", a.name as account,
                  c.collection_id as "collection_id: CollectionId", c.path as collection, t.collection_id is not distinct from o.collection_id as "is_in_target!", o.uid, o.path, o.etag, o.sequence,
                  o.starts_at, o.reason, o.strayed, o.strayed_to
             from calendar_objects o
             join calendar_collections c using (collection_id)
             join calendars a using (calendar_id)
             left join calendar_targets t on t.person_id = o.person_id
            where o.booking_id = $1 and o.person_id = $2"#,
        booking as BookingId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Object::try_from).transpose()
}

/// Sessions of a calendar that were written and begin in a window, those apart of which the host is
/// being asked already.
pub(in crate::features::calendars) async fn expected(
    conn: &mut PgConnection,
    calendar: CalendarId,
    window: &Interval,
) -> Result<Vec<Object>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select o.booking_id as "booking: BookingId", o.person_id as "person: PersonId", c.calendar_id as "calendar: CalendarId", a.name as account,
                  c.collection_id as "collection_id: CollectionId", c.path as collection, true as "is_in_target!", o.uid, o.path, o.etag, o.sequence, o.starts_at, o.reason, o.strayed, o.strayed_to
             from calendar_objects o
             join calendar_collections c using (collection_id)
             join calendars a using (calendar_id)
            where c.calendar_id = $1 and o.strayed is null and o.starts_at >= $2 and o.starts_at < $3
            order by o.starts_at, o.booking_id"#,
        calendar as CalendarId,
        window.start(),
        window.end(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Object::try_from).collect()
}

/// Whether a person has chosen a calendar that sessions are written to.
pub async fn has_target(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from calendar_targets where person_id = $1) as "has!""#,
        person as PersonId
    )
    .fetch_one(conn)
    .await?;
    Ok(has)
}

/// Bookings that a person has in a calendar, or may have.
pub async fn written_of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<BookingId>, AppError> {
    let bookings = sqlx::query_scalar!(
        r#"select booking_id as "booking: BookingId" from calendar_objects where person_id = $1"#,
        person as PersonId
    )
    .fetch_all(conn)
    .await?;
    Ok(bookings)
}

/// Persons in whose calendars a booking is, or may be.
pub async fn writers_of(conn: &mut PgConnection, booking: BookingId) -> Result<Vec<PersonId>, AppError> {
    let persons = sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from calendar_objects where booking_id = $1"#,
        booking as BookingId
    )
    .fetch_all(conn)
    .await?;
    Ok(persons)
}

/// Gives a session its place in the calendar that its host chose; `None` where they chose none.
/// Nothing is there yet.
pub async fn make(tx: &mut Tx, booking: BookingId, person: PersonId, uid: &str) -> Result<Option<Object>, AppError> {
    sqlx::query!(
        r#"insert into calendar_objects (booking_id, person_id, collection_id, uid, path)
           select $1, t.person_id, c.collection_id, $3, rtrim(c.path, '/') || '/' || $4
             from calendar_targets t join calendar_collections c using (collection_id)
            where t.person_id = $2
           on conflict do nothing"#,
        booking as BookingId,
        person as PersonId,
        uid,
        format!("{booking}.ics"),
    )
    .execute(&mut **tx)
    .await?;
    object(tx, booking, person).await
}

/// Stores that a state of the booking is in the calendar, also where the row is gone: another may have
/// taken the session away while this one was still on its way to the server.
pub async fn put_down(
    tx: &mut Tx,
    object: &Object,
    place: &Place,
    written: (i32, DateTime<Utc>),
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"insert into calendar_objects (booking_id, person_id, collection_id, uid, path, etag, sequence, starts_at, written_at)
           select $1, $2, collection_id, $4, $5, $6, $7, $8, $9 from calendar_collections where collection_id = $3
           on conflict (booking_id, person_id) do update
              set path = excluded.path, etag = excluded.etag, sequence = excluded.sequence, starts_at = excluded.starts_at,
                  written_at = excluded.written_at, reason = null, strayed = null, strayed_to = null"#,
        object.booking as BookingId,
        object.person as PersonId,
        object.collection_id as CollectionId,
        object.uid,
        place.path,
        place.etag,
        written.0,
        written.1,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let (booking, person) = (object.booking, object.person);
    tx.record(Fact::SessionWritten { booking, person, sequence: written.0 }).await
}

/// Stores that a session is not in the calendar any more.
pub async fn take_off(tx: &mut Tx, booking: BookingId, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        "delete from calendar_objects where booking_id = $1 and person_id = $2",
        booking as BookingId,
        person as PersonId
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::SessionErased { booking, person }).await
}

/// Keeps why the last attempt failed, for the host to read.
pub async fn keep_reason(tx: &mut Tx, object: &Object, reason: Reason) -> Result<(), AppError> {
    sqlx::query!(
        "update calendar_objects set reason = $3 where booking_id = $1 and person_id = $2",
        object.booking as BookingId,
        object.person as PersonId,
        reason.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Has a session written anew, as if nothing were there.
pub async fn unwrite(tx: &mut Tx, booking: BookingId, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        r#"update calendar_objects set sequence = null, starts_at = null, strayed = null, strayed_to = null
            where booking_id = $1 and person_id = $2"#,
        booking as BookingId,
        person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores what a host did to a session in their calendar, if it still is the state that was looked
/// for; the host is asked.
pub(super) async fn stray(tx: &mut Tx, object: &Object, strayed: Strayed) -> Result<(), AppError> {
    let stored = sqlx::query!(
        r#"update calendar_objects set strayed = $4, strayed_to = $5
            where booking_id = $1 and person_id = $2 and sequence = $3 and strayed is null"#,
        object.booking as BookingId,
        object.person as PersonId,
        object.written.map(|(sequence, _)| sequence),
        strayed.as_str(),
        strayed.to(),
    )
    .execute(&mut **tx)
    .await?;
    let (booking, person) = (object.booking, object.person);
    match stored.rows_affected() {
        0 => Ok(()),
        _ => tx.record(Fact::SessionStrayed { booking, person }).await,
    }
}
