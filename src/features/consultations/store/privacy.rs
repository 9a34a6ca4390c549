//! SQL over the rooms of somebody who leaves: others go on without them, or the room ends.

use super::participants::{move_out, set_lead};
use super::{booked_start, keep_reason, lock, save, system};
use crate::domain::cancellation::CancelKind;
use crate::domain::consultation::Stage;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, ConsultationId, PersonId};
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::privacy::Part;
use sqlx::PgConnection;

/// Everything that a person is or was in: as a guest, and as the owner of its call.
pub async fn rooms(tx: &mut Tx, person: PersonId) -> Result<Vec<ConsultationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select consultation_id as "id!: ConsultationId"
             from (select consultation_id from participants where person_id = $1
                    union select consultation_id from former_participants where person_id = $1
                    union select consultation_id from consultations join calls using (call_id) where owner_id = $1) as rooms
            order by consultation_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids)
}

/// What these rooms are called.
pub async fn titles(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<Vec<String>, AppError> {
    let titles = sqlx::query_scalar!(
        "select title from consultations where consultation_id = any($1) and title <> ''",
        rooms as &[ConsultationId]
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(titles)
}

/// Takes a guest out of everything: the next member leads, and what nobody else is in is cancelled.
pub async fn let_go(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let rooms = sqlx::query!(
        r#"select consultation_id as "id: ConsultationId", part = 'lead' as "leads!" from participants
            where person_id = $1 order by consultation_id"#,
        person as PersonId
    )
    .fetch_all(&mut **tx)
    .await?;
    for room in rooms {
        lock(tx, room.id).await?;
        let goes_on = system(tx, room.id).await?.stage.goes_on();
        match (room.leads, next_lead(tx, room.id, person).await?) {
            (true, None) => end(tx, room.id, person).await?,
            (true, Some(next)) => {
                set_lead(tx, room.id, next).await?;
                if goes_on {
                    tx.record(Fact::LeadHandedOver { consultation: room.id, person: next }).await?;
                }
                go(tx, room.id, person, goes_on).await?;
            }
            (false, _) => go(tx, room.id, person, goes_on).await?,
        }
    }
    Ok(())
}

async fn go(tx: &mut Tx, id: ConsultationId, person: PersonId, goes_on: bool) -> Result<(), AppError> {
    move_out(tx, id, person, person).await?;
    match goes_on {
        true => tx.record(Fact::ParticipantDeparted { consultation: id, person, removed: false }).await,
        // What is over is no news.
        false => Ok(()),
    }
}

async fn next_lead(tx: &mut Tx, id: ConsultationId, person: PersonId) -> Result<Option<PersonId>, AppError> {
    let next = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from participants
            where consultation_id = $1 and person_id <> $2 order by joined_at, person_id limit 1"#,
        id as ConsultationId,
        person as PersonId,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(next)
}

/// Ends the consultations of calls whose host leaves.
pub async fn end_of_calls(tx: &mut Tx, calls: &[CallId], host: PersonId) -> Result<(), AppError> {
    let rooms = sqlx::query_scalar!(
        r#"select consultation_id as "id: ConsultationId" from consultations where call_id = any($1) order by consultation_id"#,
        calls as &[CallId]
    )
    .fetch_all(&mut **tx)
    .await?;
    for id in rooms {
        lock(tx, id).await?;
        end(tx, id, host).await?;
    }
    Ok(())
}

/// Cancels what was not held yet; a talk that is under way was held.
async fn end(tx: &mut Tx, id: ConsultationId, by: PersonId) -> Result<(), AppError> {
    let (room, now) = (system(tx, id).await?, tx.now());
    if room.stage == Stage::InSession {
        return save(tx, room.hold(now).map_err(|_| AppError::NotNow("ending a talk"))?).await.map(drop);
    }
    let starts_at = booked_start(tx, id).await?;
    if let Ok(moved) = room.cancel(starts_at, now) {
        keep_reason(tx, id, by, CancelKind::Other, None).await?;
        save(tx, moved).await?;
    }
    Ok(())
}

/// Deletes what a person wrote or was called in rooms. The title of a room came out of what its applicant
/// sent, and goes with the room to the next one: the call lends its own.
pub async fn erase(
    tx: &mut Tx,
    person: PersonId,
    address: &EmailAddress,
    applied: &[ConsultationId],
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"with recursive titled as (
               select consultation_id from consultations where consultation_id = any($1)
                union select consultation_id from participants where person_id = $2 and part = 'lead'
                union select consultation_id from consultations join calls using (call_id) where owner_id = $2
                union select n.consultation_id from consultations n join titled t on n.former_id = t.consultation_id)
           update consultations s set title = c.title
             from calls c where c.call_id = s.call_id and s.consultation_id in (select consultation_id from titled)"#,
        applied as &[ConsultationId],
        person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"with a as (delete from invitations where lower(email) = $2),
                b as (update invitations set revoked_at = $3
                       where invited_by = $1 and accepted_at is null and declined_at is null and revoked_at is null and lower(email) is distinct from $2)
           update consultations set cancel_reason = null where cancelled_by = $1"#,
        person as PersonId,
        address.folded(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the tables of this slice hold of a person: their own words, and what happened; nobody else's words.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "consultations",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('consultation_id', s.consultation_id, 'title', s.title, 'call', c.title, 'stage', s.stage, 'opened_at', s.opened_at, 'last_activity_at', s.last_activity_at, 'starts_at', s.starts_at, 'cancel_reason', case when s.cancelled_by = $1 then s.cancel_reason end) as "row!"
                     from consultations s join calls c using (call_id)
                     where c.owner_id = $1 or exists (select from participants p where p.consultation_id = s.consultation_id and p.person_id = $1)
                     or exists (select from former_participants f where f.consultation_id = s.consultation_id and f.person_id = $1)
                     order by s.opened_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "participants",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from participants t where person_id = $1 order by joined_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "former_participants",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['departed_by', 'departure_id'] as "row!" from former_participants t where person_id = $1 order by joined_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "invitations",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['token_hash', 'invited_by'] as "row!" from invitations t where invited_by = $1 order by created_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "emergency_readings",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('consultation_id', e.consultation_id, 'title', s.title, 'administrator', q.name, 'reason', e.reason, 'began_at', e.began_at, 'ends_at', e.ends_at) as "row!"
                     from emergency_readings e join consultations s using (consultation_id) join people q on q.person_id = e.administrator_id
                     where exists (select from call_hosts h where h.call_id = s.call_id and h.person_id = $1)
                     or exists (select from participants p where p.consultation_id = s.consultation_id and p.person_id = $1 and p.joined_at <= e.began_at)
                     or exists (select from former_participants f where f.consultation_id = s.consultation_id and f.person_id = $1 and e.began_at between f.joined_at and f.departed_at)
                     order by e.began_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}
