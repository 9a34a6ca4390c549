//! All SQL over consultations, participants and invitations.

use super::room::Room;
use crate::domain::application::end_of_day;
use crate::domain::consultation::{Consultation, GUEST_TURN, Part, Side, Stage};
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, InvitationId, PersonId};
use crate::domain::person::{EmailAddress, Locale, TimeZone};
use crate::features::calls;
use crate::platform::asker::Asker;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use anyhow::anyhow;
use chrono::{DateTime, TimeDelta, Utc};
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

pub(super) async fn join(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    part: &str,
    confidentiality_version: i32,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into participants (consultation_id, person_id, part, joined_at, confidentiality_version) values ($1, $2, $3, $4, $5)",
        id as ConsultationId,
        person as PersonId,
        part,
        now,
        confidentiality_version,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends somebody's part: by themselves, or by another. What they wrote, answered and allowed stays.
pub(super) async fn depart(tx: &mut Tx, id: ConsultationId, person: PersonId, by: PersonId) -> Result<(), AppError> {
    let (now, removed) = (tx.now(), person != by);
    let departed = sqlx::query!(
        r#"with gone as (delete from participants where consultation_id = $1 and person_id = $2 and part = 'member' returning part, joined_at)
           insert into former_participants (consultation_id, person_id, part, joined_at, departed_at, departed_by, how)
           select $1, $2, part, joined_at, $3, $4, $5 from gone"#,
        id as ConsultationId,
        person as PersonId,
        now,
        by as PersonId,
        if removed { "removed" } else { "left" },
    )
    .execute(&mut **tx)
    .await?;
    match departed.rows_affected() {
        0 => Err(AppError::NotNow("leaving")),
        _ => tx.record(Fact::ParticipantDeparted { consultation: id, person, removed }).await,
    }
}

/// Makes a member the lead, and the lead a member. In two statements, as there is one lead at any time.
pub(super) async fn set_lead(tx: &mut Tx, id: ConsultationId, person: PersonId) -> Result<(), AppError> {
    sqlx::query!(
        "update participants set part = 'member' where consultation_id = $1 and part = 'lead'",
        id as ConsultationId
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update participants set part = 'lead' where consultation_id = $1 and person_id = $2",
        id as ConsultationId,
        person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether somebody takes part, as a guest or a host: what is told to them is looked at once more.
pub async fn is_in(conn: &mut PgConnection, id: ConsultationId, person: PersonId) -> Result<bool, AppError> {
    Ok(attendants(conn, id).await?.iter().any(|attendant| attendant.person == person))
}

/// The consultation as the asker may see it, with the part that they play; `NotFound` for everyone
/// who has none.
pub async fn for_participant(conn: &mut PgConnection, id: ConsultationId, asker: &Asker) -> Result<Room, AppError> {
    let person = asker.id()?;
    let row = sqlx::query!(
        r#"select p.part as "part?", h.person_id is not null as "is_host!", h.may_decide as "may_decide?", c.owner_id as "owner_id: PersonId",
                  c.title as call_title, c.slug as call_slug, c.locale as call_locale, c.reply_days, c.meeting_place,
                  o.slug as "host_slug!", o.name as host_name, o.time_zone as host_zone
             from consultations s
             join calls c using (call_id)
             join people o on o.person_id = c.owner_id
             left join participants p on p.consultation_id = s.consultation_id and p.person_id = $2
             left join call_hosts h on h.call_id = c.call_id and h.person_id = $2
            where s.consultation_id = $1"#,
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(AppError::NotFound)?;
    let part = match (row.part.as_deref(), row.is_host) {
        (_, true) if row.owner_id == person => Part::Host,
        (_, true) => Part::CoHost { may_decide: row.may_decide.unwrap_or(false) },
        (Some("lead"), _) => Part::Lead,
        (Some(_), _) => Part::Member,
        (None, false) => return Err(AppError::NotFound),
    };
    Ok(Room {
        consultation: system(conn, id).await?,
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

/// Somebody who takes part: host, co-host, lead or member.
#[derive(Clone, Debug)]
pub struct Attendant {
    pub person: PersonId,
    pub name: String,
    pub part: Part,
    pub zone: TimeZone,
    /// Whether they must be there at the session: the guests, the owner, and co-hosts who attend.
    pub attends: bool,
    pub joined_at: Option<DateTime<Utc>>,
}

/// Everyone in it: the owner first, then co-hosts, the lead, members in the order of joining.
pub async fn attendants(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<Attendant>, AppError> {
    let rows = sqlx::query!(
        r#"select h.person_id as "person!: PersonId", q.name as "name!", q.time_zone as "zone!",
                  case when h.person_id = c.owner_id then 'host' else 'co-host' end as "part!",
                  h.may_decide as "may_decide!", h.attends as "attends!", null::timestamptz as joined_at
             from consultations s
             join calls c using (call_id)
             join call_hosts h using (call_id)
             join people q on q.person_id = h.person_id
            where s.consultation_id = $1
            union all
           select p.person_id, q.name, q.time_zone, p.part, false, true, p.joined_at
             from participants p
             join people q using (person_id)
            where p.consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    let mut all: Vec<Attendant> = rows
        .into_iter()
        .map(|row| Attendant {
            person: row.person,
            name: row.name,
            zone: TimeZone::parse(&row.zone).unwrap_or(TimeZone(chrono_tz::UTC)),
            part: match row.part.as_str() {
                "host" => Part::Host,
                "co-host" => Part::CoHost { may_decide: row.may_decide },
                "lead" => Part::Lead,
                _ => Part::Member,
            },
            attends: row.attends,
            joined_at: row.joined_at,
        })
        .collect();
    let rank = |part: Part| match part {
        Part::Host => 0,
        Part::CoHost { .. } => 1,
        Part::Lead => 2,
        Part::Member => 3,
    };
    all.sort_by_key(|a| (rank(a.part), a.joined_at, a.person));
    Ok(all)
}

/// Everyone on a side, for whoever tells each of them.
pub async fn on_side(conn: &mut PgConnection, id: ConsultationId, side: Side) -> Result<Vec<PersonId>, AppError> {
    let everyone = attendants(conn, id).await?;
    Ok(everyone.into_iter().filter(|a| a.part.side() == side).map(|a| a.person).collect())
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

/// Keeps why it was cancelled; shown to both sides, never mailed.
pub(super) async fn keep_reason(
    tx: &mut Tx,
    id: ConsultationId,
    by: PersonId,
    reason: Option<&str>,
) -> Result<(), AppError> {
    sqlx::query!(
        "update consultations set cancelled_by = $2, cancel_reason = $3 where consultation_id = $1",
        id as ConsultationId,
        by as PersonId,
        reason,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who cancelled and why.
pub struct Cancelled {
    pub by: String,
    pub reason: Option<String>,
}

/// Who cancelled a consultation, and the reason that they gave.
pub async fn cancelled(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Cancelled>, AppError> {
    let cancelled = sqlx::query_as!(
        Cancelled,
        r#"select q.name as "by!", s.cancel_reason as reason from consultations s join people q on q.person_id = s.cancelled_by
            where s.consultation_id = $1"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(cancelled)
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

/// An invitation that waits.
pub struct Invited {
    pub id: InvitationId,
    /// The invited address; `None` for the team link.
    pub email: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// Invitations last this long.
const INVITATION_LASTS: TimeDelta = TimeDelta::days(14);

/// Invitations that can still be used.
pub(super) async fn invited(
    conn: &mut PgConnection,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<Vec<Invited>, AppError> {
    let invited = sqlx::query_as!(
        Invited,
        r#"select invitation_id as "id: InvitationId", email, expires_at from invitations
            where consultation_id = $1 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $2
            order by created_at, invitation_id"#,
        id as ConsultationId,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(invited)
}

/// Stores an invitation: by mail, whose token the job makes, or a team link.
pub(super) async fn invite(
    tx: &mut Tx,
    room: &Room,
    address: Option<&EmailAddress>,
    token: Option<Hashed>,
) -> Result<InvitationId, AppError> {
    let (id, now): (InvitationId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into invitations (invitation_id, consultation_id, kind, email, token_hash, invited_by, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        id as InvitationId,
        room.id() as ConsultationId,
        if address.is_some() { "mail" } else { "team" },
        address.map(EmailAddress::as_str),
        token,
        room.me as PersonId,
        now,
        now + INVITATION_LASTS,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Whether the person of an address takes part already as a guest. Not as a host: nobody learns by
/// guessing which address a host has.
pub(super) async fn takes_part(
    conn: &mut PgConnection,
    id: ConsultationId,
    address: &EmailAddress,
) -> Result<bool, AppError> {
    let takes_part = sqlx::query_scalar!(
        r#"select exists (
               select from participants p join people q using (person_id) where p.consultation_id = $1 and q.email = $2) as "takes_part!""#,
        id as ConsultationId,
        address.as_str(),
    )
    .fetch_one(conn)
    .await?;
    Ok(takes_part)
}

/// Lets a mailed invitation that waits last anew; `None` where there is none for this address.
pub(super) async fn invite_again(
    tx: &mut Tx,
    id: ConsultationId,
    address: &EmailAddress,
) -> Result<Option<InvitationId>, AppError> {
    let now = tx.now();
    let waiting = sqlx::query_scalar!(
        r#"update invitations set expires_at = $3
            where consultation_id = $1 and email = $2 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $4
        returning invitation_id as "id: InvitationId""#,
        id as ConsultationId,
        address.as_str(),
        now + INVITATION_LASTS,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(waiting)
}

/// Ends the team links before a new one is made.
pub(super) async fn revoke_team_links(tx: &mut Tx, id: ConsultationId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update invitations set revoked_at = $2 where consultation_id = $1 and kind = 'team' and revoked_at is null",
        id as ConsultationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends mailed invitations to the address of somebody who was removed.
pub(super) async fn revoke_invitations_of(tx: &mut Tx, id: ConsultationId, person: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update invitations set revoked_at = $3
            where consultation_id = $1 and revoked_at is null and accepted_at is null
              and email = (select email from people where person_id = $2)"#,
        id as ConsultationId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends one invitation of the consultation.
pub(super) async fn revoke_invitation(
    tx: &mut Tx,
    id: ConsultationId,
    invitation: InvitationId,
) -> Result<bool, AppError> {
    let now = tx.now();
    let revoked = sqlx::query!(
        "update invitations set revoked_at = $3 where consultation_id = $1 and invitation_id = $2 and revoked_at is null",
        id as ConsultationId,
        invitation as InvitationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(revoked.rows_affected() == 1)
}

/// An invitation as whoever holds it sees it.
pub struct Open {
    pub invitation: InvitationId,
    pub consultation: ConsultationId,
    pub email: Option<String>,
    pub call_title: String,
    pub inviter: String,
    pub confidentiality: String,
    pub confidentiality_version: i32,
}

/// The invitation of a token, while it can be used.
pub(super) async fn open_invitation(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<Open>, AppError> {
    let open = sqlx::query_as!(
        Open,
        r#"select i.invitation_id as "invitation: InvitationId", i.consultation_id as "consultation: ConsultationId", i.email,
                  c.title as call_title, q.name as inviter, c.confidentiality, c.confidentiality_version
             from invitations i
             join consultations s using (consultation_id)
             join calls c using (call_id)
             join people q on q.person_id = i.invited_by
            where i.token_hash = $1 and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > $2
              and s.stage in ('preparing', 'ready', 'booked', 'in_session')"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(open)
}

/// Spends a mailed invitation; false when it was spent.
pub(super) async fn spend_invitation(tx: &mut Tx, id: InvitationId) -> Result<bool, AppError> {
    let now = tx.now();
    let spent = sqlx::query!(
        "update invitations set accepted_at = $2 where invitation_id = $1 and accepted_at is null",
        id as InvitationId,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(spent.rows_affected() == 1)
}

/// What the mail of an invitation needs.
pub(super) struct ToInvite {
    pub consultation: ConsultationId,
    pub email: String,
    pub call_title: String,
    pub inviter: String,
    pub locale: Locale,
}

/// A mailed invitation that waits, and the hash of the token that its mail carries from now on.
pub(super) async fn set_invitation_token(
    tx: &mut Tx,
    id: InvitationId,
    token: Hashed,
) -> Result<Option<ToInvite>, AppError> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"update invitations i set token_hash = $2
             from consultations s join calls c using (call_id), people q
            where i.invitation_id = $1 and i.kind = 'mail' and i.accepted_at is null and i.revoked_at is null and i.expires_at > $3
              and s.consultation_id = i.consultation_id and q.person_id = i.invited_by
        returning i.consultation_id as "consultation: ConsultationId", i.email as "email!", c.title, q.name, q.locale"#,
        id as InvitationId,
        token,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| ToInvite {
        consultation: row.consultation,
        email: row.email,
        call_title: row.title,
        inviter: row.name,
        locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
    }))
}
