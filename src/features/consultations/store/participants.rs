//! Who takes part: hosts by their call, guests by their rows, and ways in and out.

use crate::domain::access::Act;
use crate::domain::consultation::{Part, Side};
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, PersonId};
use crate::domain::person::{EmailAddress, TimeZone};
use crate::features::consultations::room::Room;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

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

/// The lead, with the version of what both sides promise that they accepted.
pub async fn lead_of(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<(PersonId, i32)>, AppError> {
    let lead = sqlx::query!(
        r#"select person_id as "person: PersonId", confidentiality_version from participants
            where consultation_id = $1 and part = 'lead'"#,
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(lead.map(|lead| (lead.person, lead.confidentiality_version)))
}

pub(in crate::features::consultations) async fn join(
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
pub(in crate::features::consultations) async fn depart(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    by: PersonId,
) -> Result<(), AppError> {
    match move_out(tx, id, person, by).await? {
        false => Err(AppError::NotNow("leaving")),
        true => tx.record(Fact::ParticipantDeparted { consultation: id, person, removed: person != by }).await,
    }
}

/// Keeps a member as a former one; false where they are none.
pub(super) async fn move_out(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    by: PersonId,
) -> Result<bool, AppError> {
    let now = tx.now();
    let departed = sqlx::query!(
        r#"with gone as (delete from participants where consultation_id = $1 and person_id = $2 and part = 'member' returning part, joined_at)
           insert into former_participants (consultation_id, person_id, part, joined_at, departed_at, departed_by, how)
           select $1, $2, part, joined_at, $3, $4, $5 from gone"#,
        id as ConsultationId,
        person as PersonId,
        now,
        by as PersonId,
        if person == by { "left" } else { "removed" },
    )
    .execute(&mut **tx)
    .await?;
    Ok(departed.rows_affected() == 1)
}

/// Makes a member the lead, and the lead a member. In two statements, as there is one lead at any time.
pub(in crate::features::consultations) async fn set_lead(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
) -> Result<(), AppError> {
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

/// Whether the reader acts in the place of somebody: their part allows it, and that person takes part
/// no more.
pub async fn stands_in(conn: &mut PgConnection, room: &Room, of: PersonId) -> Result<bool, AppError> {
    Ok(of != room.me && room.may(Act::StandIn) && !is_in(conn, room.id(), of).await?)
}

/// Whether the person of an address takes part already as a guest. Not as a host: nobody learns by
/// guessing which address a host has.
pub(in crate::features::consultations) async fn takes_part(
    conn: &mut PgConnection,
    id: ConsultationId,
    address: &EmailAddress,
) -> Result<bool, AppError> {
    let takes_part = sqlx::query_scalar!(
        r#"select exists (
               select from participants p join people q using (person_id) where p.consultation_id = $1 and lower(q.email) = $2) as "takes_part!""#,
        id as ConsultationId,
        address.folded(),
    )
    .fetch_one(conn)
    .await?;
    Ok(takes_part)
}

/// Whether somebody is or was a guest in any consultation of a call.
pub async fn was_guest_of(conn: &mut PgConnection, call: CallId, person: PersonId) -> Result<bool, AppError> {
    let was = sqlx::query_scalar!(
        r#"select exists (
               select from consultations s
                where s.call_id = $1
                  and (exists (select from participants p where p.consultation_id = s.consultation_id and p.person_id = $2)
                       or exists (select from former_participants f where f.consultation_id = s.consultation_id and f.person_id = $2))) as "was!""#,
        call as CallId,
        person as PersonId,
    )
    .fetch_one(conn)
    .await?;
    Ok(was)
}

/// Name and address of everyone who is or was a guest: what must not be told of them holds after
/// they left, too.
pub async fn guests_ever(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<(String, String)>, AppError> {
    let rows = sqlx::query!(
        r#"select q.name as "name!", q.email as "email!"
             from people q
            where q.person_id in (select person_id from participants where consultation_id = $1
                                  union select person_id from former_participants where consultation_id = $1)
            order by q.person_id"#,
        id as ConsultationId,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.email)).collect())
}
