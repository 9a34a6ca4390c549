//! All SQL over consultations, participants and invitations.

mod emergency;
mod invitations;
mod participants;
pub mod privacy;
pub mod retention;

pub(super) use emergency::emergency_reading;
pub use emergency::{EmergencyReading, begin_emergency_reading, emergency_readings, for_administrator};
pub use invitations::waiting_at;
pub(super) use invitations::{
    Invited, Open, decline_invitation, declined_invitation, invite, invite_again, invited, open_invitation,
    revoke_invitation, revoke_invitations_of, revoke_team_links, set_invitation_token, spend_invitation,
    spend_invitations_of, waiting_invitation,
};
pub use participants::{Attendant, attendants, guests_ever, is_in, lead_of, on_side, stands_in, was_guest_of};
pub(super) use participants::{depart, join, set_lead, takes_part};

use super::room::Room;
use crate::domain::application::end_of_day;
use crate::domain::cancellation::CancelKind;
use crate::domain::consultation::{Consultation, GUEST_TURN, Part, Side, Stage};
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, PersonId};
use crate::domain::person::{Locale, TimeZone};
use crate::features::calls;
use crate::platform::asker::Asker;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;

struct Row {
    consultation_id: ConsultationId,
    call_id: CallId,
    title: String,
    stage: String,
    stage_since: DateTime<Utc>,
    turn: String,
    turn_since: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
    rounds: i32,
    host_handed_over: bool,
    guest_handed_over: bool,
    agreed_at: Option<DateTime<Utc>>,
    resolution_proposed_at: Option<DateTime<Utc>>,
    wished_minutes: i32,
    opened_at: DateTime<Utc>,
    revived: bool,
}

impl TryFrom<Row> for Consultation {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let nonsense = |what: &str| AppError::Unexpected(anyhow!("consultations {}: {what}", row.consultation_id));
        Ok(Self {
            stage: Stage::parse(&row.stage).ok_or_else(|| nonsense("unknown stage"))?,
            turn: Side::parse(&row.turn).ok_or_else(|| nonsense("unknown turn"))?,
            id: row.consultation_id,
            call: row.call_id,
            title: row.title,
            stage_since: row.stage_since,
            turn_since: row.turn_since,
            due_at: row.due_at,
            rounds: row.rounds,
            host_handed_over: row.host_handed_over,
            guest_handed_over: row.guest_handed_over,
            agreed_at: row.agreed_at,
            resolution_proposed_at: row.resolution_proposed_at,
            wished_minutes: row.wished_minutes,
            opened_at: row.opened_at,
            revived: row.revived,
        })
    }
}

/// What a consultation is opened from.
pub struct Opening<'a> {
    pub call: CallId,
    pub former: Option<ConsultationId>,
    pub title: &'a str,
    pub lead: PersonId,
    pub confidentiality_version: i32,
    pub wished_minutes: i32,
}

/// Opens the room: the guest begins to write.
pub async fn open(tx: &mut Tx, opening: Opening<'_>) -> Result<ConsultationId, AppError> {
    let (id, now): (ConsultationId, _) = (random::id(), tx.now());
    let call = calls::find(tx, opening.call).await?.ok_or(AppError::NotFound)?;
    let due_at = end_of_day(now, GUEST_TURN.num_days(), call.host_zone.0);
    sqlx::query!(
        r#"insert into consultations (consultation_id, call_id, former_id, title, stage, stage_since, turn, turn_since, due_at, wished_minutes, opened_at, last_activity_at)
           values ($1, $2, $3, $4, 'preparing', $5, 'guest', $5, $6, $7, $5, $5)"#,
        id as ConsultationId,
        opening.call as CallId,
        opening.former as Option<ConsultationId>,
        opening.title,
        now,
        due_at,
        opening.wished_minutes,
    )
    .execute(&mut **tx)
    .await?;
    join(tx, id, opening.lead, "lead", opening.confidentiality_version).await?;
    tx.record(Fact::ConsultationOpened { consultation: id }).await?;
    Ok(id)
}

/// The consultation as the asker may see it, with the part that they play; `NotFound` for everyone
/// who has none.
pub async fn for_participant(conn: &mut PgConnection, id: ConsultationId, asker: &Asker) -> Result<Room, AppError> {
    let person = asker.id()?;
    let row = sqlx::query!(
        r#"select p.part as "part?", h.person_id is not null as "is_host!", h.may_decide as "may_decide?", c.owner_id as "owner_id: PersonId",
                  c.title as call_title, c.slug as call_slug, c.locale as call_locale, c.reply_days, c.meeting_place,
                  o.slug as "host_slug!", o.name as host_name, o.time_zone as host_zone,
                  s.consultation_id as "consultation_id: ConsultationId", s.call_id as "call_id: CallId", s.title, s.stage, s.stage_since, s.turn, s.turn_since,
                  s.due_at, s.rounds, s.host_handed_over, s.guest_handed_over, s.agreed_at, s.resolution_proposed_at, s.wished_minutes, s.opened_at, s.revived, s.purged_at
             from consultations s
             join calls c using (call_id)
             join people o on o.person_id = c.owner_id
             left join participants p on p.consultation_id = s.consultation_id and p.person_id = $2
             left join call_hosts h on h.call_id = c.call_id and h.person_id = $2
            where s.consultation_id = $1"#,
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let part = match (row.part.as_deref(), row.is_host) {
        (_, true) if row.owner_id == person => Part::Host,
        (_, true) => Part::CoHost { may_decide: row.may_decide.unwrap_or(false) },
        (Some("lead"), _) => Part::Lead,
        (Some(_), _) => Part::Member,
        (None, false) => return Err(AppError::NotFound),
    };
    let consultation = Row {
        consultation_id: row.consultation_id,
        call_id: row.call_id,
        title: row.title,
        stage: row.stage,
        stage_since: row.stage_since,
        turn: row.turn,
        turn_since: row.turn_since,
        due_at: row.due_at,
        rounds: row.rounds,
        host_handed_over: row.host_handed_over,
        guest_handed_over: row.guest_handed_over,
        agreed_at: row.agreed_at,
        resolution_proposed_at: row.resolution_proposed_at,
        wished_minutes: row.wished_minutes,
        opened_at: row.opened_at,
        revived: row.revived,
    };
    Ok(Room {
        consultation: consultation.try_into()?,
        part,
        me: person,
        owner: row.owner_id,
        call_title: row.call_title,
        call_path: format!("/hosts/{}/calls/{}", row.host_slug, row.call_slug),
        call_locale: Locale::parse(&row.call_locale).unwrap_or(Locale::Ja),
        host_name: row.host_name,
        host_zone: TimeZone::parse(&row.host_zone).unwrap_or(TimeZone(chrono_tz::UTC)),
        reply_days: row.reply_days,
        meeting_place: row.meeting_place,
        purged_at: row.purged_at,
    })
}

/// As `for_participant`, with the row locked until the transaction ends: for whoever moves it.
pub async fn for_update(tx: &mut Tx, id: ConsultationId, asker: &Asker) -> Result<Room, AppError> {
    lock(tx, id).await?;
    for_participant(tx, id, asker).await
}

/// The consultation for the system itself: jobs, and slices that already loaded the room.
pub async fn system(conn: &mut PgConnection, id: ConsultationId) -> Result<Consultation, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select consultation_id as "consultation_id: ConsultationId", call_id as "call_id: CallId", title, stage, stage_since, turn, turn_since, due_at,
                  rounds, host_handed_over, guest_handed_over, agreed_at, resolution_proposed_at, wished_minutes, opened_at, revived
             from consultations where consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    row.ok_or(AppError::NotFound)?.try_into()
}

/// Stores a consultation that moved, and records the fact.
pub async fn save(tx: &mut Tx, moved: (Consultation, Fact)) -> Result<Consultation, AppError> {
    keep(tx, &moved.0).await?;
    tx.record(moved.1).await?;
    Ok(moved.0)
}

/// Stores a consultation that moved by a fact which another slice records with its own rows.
pub async fn keep(tx: &mut Tx, c: &Consultation) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update consultations
              set stage = $2, stage_since = $3, turn = $4, turn_since = $5, due_at = $6, rounds = $7, host_handed_over = $8, guest_handed_over = $9,
                  agreed_at = $10, resolution_proposed_at = $11, last_activity_at = $12, revived = $13
            where consultation_id = $1"#,
        c.id as ConsultationId,
        c.stage.as_str(),
        c.stage_since,
        c.turn.as_str(),
        c.turn_since,
        c.due_at,
        c.rounds,
        c.host_handed_over,
        c.guest_handed_over,
        c.agreed_at,
        c.resolution_proposed_at,
        now,
        c.revived,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that somebody did something in it.
pub async fn touch(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update consultations set last_activity_at = $2 where consultation_id = $1",
        id as ConsultationId,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many consultations of a call take a place of its capacity.
pub async fn active_of_call(conn: &mut PgConnection, call: CallId) -> Result<i64, AppError> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from consultations where call_id = $1 and stage in ('preparing', 'ready', 'booked', 'in_session')"#,
        call as CallId,
    )
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// The consultation that this one goes on from.
pub async fn former_of(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<ConsultationId>, AppError> {
    let former = sqlx::query_scalar!(
        r#"select former_id as "former: ConsultationId" from consultations where consultation_id = $1"#,
        id as ConsultationId
    )
    .fetch_optional(conn)
    .await?;
    Ok(former.flatten())
}

/// The consultation that goes on from this one and is not over.
pub async fn open_child_of(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<ConsultationId>, AppError> {
    let child = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from consultations
            where former_id = $1 and stage not in ('closed', 'cancelled', 'lapsed') limit 1"#,
        id as ConsultationId
    )
    .fetch_optional(conn)
    .await?;
    Ok(child)
}

/// A consultation as lists show it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: ConsultationId,
    pub title: String,
    pub call_title: String,
    pub stage: Stage,
    pub turn: Side,
    pub due_at: Option<DateTime<Utc>>,
    pub is_host: bool,
    pub lead_name: String,
    pub last_activity_at: DateTime<Utc>,
}

/// Everything a person takes part in, on either side, the newest activity first.
pub async fn of_person(conn: &mut PgConnection, person: PersonId, limit: i64) -> Result<Vec<Listed>, AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id: ConsultationId", s.title, c.title as call_title, s.stage, s.turn, s.due_at, s.last_activity_at,
                  h.person_id is not null as "is_host!", l.name as lead_name
             from consultations s
             join calls c using (call_id)
             join participants lp on lp.consultation_id = s.consultation_id and lp.part = 'lead'
             join people l on l.person_id = lp.person_id
             left join call_hosts h on h.call_id = c.call_id and h.person_id = $1
             left join participants p on p.consultation_id = s.consultation_id and p.person_id = $1
            where h.person_id is not null or p.person_id is not null
            order by s.last_activity_at desc, s.consultation_id
            limit $2"#,
        person as PersonId,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        id: row.id,
        title: row.title,
        call_title: row.call_title,
        stage: Stage::parse(&row.stage).unwrap_or(Stage::Closed),
        turn: Side::parse(&row.turn).unwrap_or(Side::Guest),
        due_at: row.due_at,
        is_host: row.is_host,
        lead_name: row.lead_name,
        last_activity_at: row.last_activity_at,
    });
    Ok(listed.collect())
}

/// What consultations of a year were like in writing.
pub struct Written {
    /// Rounds of those opened since.
    pub rounds: i64,
    /// Those that ended in writing, without a talk.
    pub settled: i64,
}

/// Counts over these consultations since an instant.
pub async fn written(
    conn: &mut PgConnection,
    rooms: &[ConsultationId],
    since: DateTime<Utc>,
) -> Result<Written, AppError> {
    let written = sqlx::query_as!(
        Written,
        r#"select coalesce(sum(rounds) filter (where opened_at >= $2), 0)::bigint as "rounds!",
                  count(*) filter (where resolution_proposed_at is not null and stage in ('resolved_in_writing', 'closed') and stage_since >= $2) as "settled!"
             from consultations where consultation_id = any($1)"#,
        rooms as &[ConsultationId],
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok(written)
}

/// Locks a consultation's row until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    sqlx::query!(
        "select consultation_id from consultations where consultation_id = $1 for update",
        id as ConsultationId
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(())
}

/// Locks all consultations of a call that have, or may get, a time ahead, in the order of their IDs: no
/// time is taken, moved or given back, and nobody joins, until the transaction ends.
pub async fn lock_active_of(conn: &mut PgConnection, call: CallId) -> Result<(), AppError> {
    sqlx::query!(
        r#"select consultation_id from consultations
            where call_id = $1 and stage in ('preparing', 'ready', 'booked', 'in_session')
            order by consultation_id for update"#,
        call as CallId
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// Keeps why it was cancelled: the kind is mailed, the reason shown to both sides alone.
pub(super) async fn keep_reason(
    tx: &mut Tx,
    id: ConsultationId,
    by: PersonId,
    kind: CancelKind,
    reason: Option<&str>,
) -> Result<(), AppError> {
    sqlx::query!(
        "update consultations set cancelled_by = $2, cancel_kind = $3, cancel_reason = $4 where consultation_id = $1",
        id as ConsultationId,
        by as PersonId,
        kind.as_str(),
        reason,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who cancelled and why.
pub struct Cancelled {
    pub by: String,
    /// None was asked for at first.
    pub kind: Option<CancelKind>,
    pub reason: Option<String>,
}

/// Who cancelled a consultation, and the reason that they gave.
pub async fn cancelled(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Cancelled>, AppError> {
    let row = sqlx::query!(
        r#"select q.name as "by!", s.cancel_kind, s.cancel_reason from consultations s join people q on q.person_id = s.cancelled_by
            where s.consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    let kind = |word: String| CancelKind::parse(&word);
    Ok(row.map(|row| Cancelled { by: row.by, kind: row.cancel_kind.and_then(kind), reason: row.cancel_reason }))
}

/// Consultations that a person takes part in, as guest or as a host who attends, with their titles.
pub async fn with_person(
    conn: &mut PgConnection,
    person: PersonId,
) -> Result<HashMap<ConsultationId, String>, AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id: ConsultationId", s.title from consultations s
            where exists (select from participants p where p.consultation_id = s.consultation_id and p.person_id = $1)
               or exists (select from call_hosts h where h.call_id = s.call_id and h.person_id = $1 and h.attends)"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// Consultations that a person takes part in: as a host who attends, and as guest.
pub async fn sides_of(
    conn: &mut PgConnection,
    person: PersonId,
) -> Result<(Vec<ConsultationId>, Vec<ConsultationId>), AppError> {
    let rows = sqlx::query!(
        r#"select s.consultation_id as "id!: ConsultationId", true as "is_host!"
             from consultations s join call_hosts h using (call_id) where h.person_id = $1 and h.attends
            union all
           select consultation_id, false from participants where person_id = $1"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let (hosted, joined): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_host);
    Ok((hosted.into_iter().map(|row| row.id).collect(), joined.into_iter().map(|row| row.id).collect()))
}

/// Consultations of these calls that are prepared and have no time yet.
pub async fn of_calls(conn: &mut PgConnection, calls: &[CallId]) -> Result<Vec<ConsultationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from consultations where call_id = any($1) and stage in ('preparing', 'ready')"#,
        calls as &[CallId],
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// The planned start, told by the slice that books; kept here so that lateness can be judged above it.
pub async fn booked_start(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<DateTime<Utc>>, AppError> {
    let start =
        sqlx::query_scalar!("select starts_at from consultations where consultation_id = $1", id as ConsultationId)
            .fetch_optional(conn)
            .await?;
    Ok(start.flatten())
}

/// Notes the planned start, or that there is none any more.
pub async fn set_start(tx: &mut Tx, id: ConsultationId, starts_at: Option<DateTime<Utc>>) -> Result<(), AppError> {
    sqlx::query!("update consultations set starts_at = $2 where consultation_id = $1", id as ConsultationId, starts_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
