//! What both sides say of missed times, and how often they came about.

use crate::domain::consultation::Side;
use crate::domain::id::{ConsultationId, PersonId};
use crate::features::consultations;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The last thing that was said, with the other side's answer.
#[derive(Clone, Debug)]
pub struct Said {
    pub absent: Side,
    pub at: DateTime<Utc>,
    pub contested_at: Option<DateTime<Utc>>,
    pub words: Option<String>,
}

/// What was last said of a missed time.
pub async fn said(conn: &mut PgConnection, id: ConsultationId) -> Result<Option<Said>, AppError> {
    let said = sqlx::query!(
        "select absent_side, said_at, contested_at, contest_words from no_shows where consultation_id = $1 order by said_at desc limit 1",
        id as ConsultationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(said.and_then(|row| {
        let absent = Side::parse(&row.absent_side)?;
        Some(Said { absent, at: row.said_at, contested_at: row.contested_at, words: row.contest_words })
    }))
}

/// Keeps that a side did not come.
pub async fn say(tx: &mut Tx, id: ConsultationId, absent: Side, by: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into no_shows (no_show_id, consultation_id, absent_side, said_by, said_at) values ($1, $2, $3, $4, $5)",
        random::key(),
        id as ConsultationId,
        absent.as_str(),
        by as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what the other side says of it, once; false when it was said before.
pub async fn contest(tx: &mut Tx, id: ConsultationId, by: PersonId, words: &str) -> Result<bool, AppError> {
    let now = tx.now();
    let kept = sqlx::query!(
        r#"update no_shows set contested_by = $2, contested_at = $3, contest_words = $4
            where no_show_id = (select no_show_id from no_shows where consultation_id = $1 order by said_at desc limit 1)
              and contested_at is null"#,
        id as ConsultationId,
        by as PersonId,
        now,
        words,
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// How often a person talked, and where they were missed; what is contested does not count.
#[derive(Clone, Debug)]
pub struct Attendance {
    pub held: i64,
    pub missed: Vec<Missed>,
}

/// A time to which a person's side did not come.
#[derive(Clone, Debug)]
pub struct Missed {
    pub consultation: ConsultationId,
    pub title: String,
    pub at: DateTime<Utc>,
}

/// A person's own attendance; shown to nobody else.
pub async fn attendance(
    conn: &mut PgConnection,
    person: PersonId,
    since: DateTime<Utc>,
) -> Result<Attendance, AppError> {
    let (as_host, as_guest) = consultations::sides_of(&mut *conn, person).await?;
    let held = sqlx::query_scalar!(
        r#"select count(*) as "held!" from sessions
            where (consultation_id = any($1) or consultation_id = any($2)) and absent_side is null and ended_at > $3"#,
        &as_host as &[ConsultationId],
        &as_guest as &[ConsultationId],
        since,
    )
    .fetch_one(&mut *conn)
    .await?;
    let missed = sqlx::query_as!(
        Missed,
        r#"select n.consultation_id as "consultation: ConsultationId", c.title, n.said_at as at
             from no_shows n join consultations c using (consultation_id)
            where n.said_at > $3 and n.contested_at is null
              and (n.absent_side = 'host' and n.consultation_id = any($1) or n.absent_side = 'guest' and n.consultation_id = any($2))
            order by n.said_at desc, n.no_show_id"#,
        &as_host as &[ConsultationId],
        &as_guest as &[ConsultationId],
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(Attendance { held, missed })
}
