//! SQL over gifts. Every statement asks for the host whose note it is, until the record of a consultation
//! ends; nothing else reads the table.

use crate::domain::fact::Fact;
use crate::domain::gift::{Gift, Stage};
use crate::domain::id::{ConsultationId, GiftId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A gift as its host noted it.
#[derive(Clone, Debug)]
pub struct Noted {
    pub gift: Gift,
    pub consultation: ConsultationId,
    /// What the consultation is called.
    pub title: String,
    pub what: String,
    pub recorded_at: DateTime<Utc>,
}

/// All gifts of a host: those without thanks first, then the newest.
pub(in crate::features::feedback) async fn gifts(
    conn: &mut PgConnection,
    host: PersonId,
) -> Result<Vec<Noted>, AppError> {
    let rows = sqlx::query!(
        r#"select g.gift_id as "id: GiftId", g.consultation_id as "consultation: ConsultationId", s.title, g.what, g.stage, g.recorded_at
             from gifts g
             join consultations s using (consultation_id)
            where g.host_id = $1
            order by g.stage = 'thanked', g.recorded_at desc, g.gift_id desc"#,
        host as PersonId,
    )
    .fetch_all(conn)
    .await?;
    let noted = rows.into_iter().map(|row| {
        let stage =
            Stage::parse(&row.stage).ok_or_else(|| AppError::Unexpected(anyhow!("gifts {}: unknown stage", row.id)))?;
        let (consultation, recorded_at) = (row.consultation, row.recorded_at);
        Ok(Noted { gift: Gift { id: row.id, stage }, consultation, title: row.title, what: row.what, recorded_at })
    });
    noted.collect()
}

/// Those of one consultation.
pub(in crate::features::feedback) async fn gifts_here(
    conn: &mut PgConnection,
    host: PersonId,
    id: ConsultationId,
) -> Result<Vec<Noted>, AppError> {
    Ok(gifts(conn, host).await?.into_iter().filter(|noted| noted.consultation == id).collect())
}

/// Stores a gift that came, and records the fact.
pub(in crate::features::feedback) async fn record_gift(
    tx: &mut Tx,
    recorded: (Gift, Fact),
    host: PersonId,
    id: ConsultationId,
    what: &str,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "insert into gifts (gift_id, host_id, consultation_id, what, stage, recorded_at) values ($1, $2, $3, $4, $5, $6)",
        recorded.0.id as GiftId,
        host as PersonId,
        id as ConsultationId,
        what,
        recorded.0.stage.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(recorded.1).await
}

/// Stores a gift that the host said thanks for, and records the fact.
pub(in crate::features::feedback) async fn save_gift(tx: &mut Tx, thanked: (Gift, Fact)) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update gifts set stage = $2, thanked_at = $3 where gift_id = $1",
        thanked.0.id as GiftId,
        thanked.0.stage.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(thanked.1).await
}

/// Deletes the records of gifts after these consultations.
pub(in crate::features::feedback) async fn forget_gifts(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!("delete from gifts where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes a host's notes.
pub async fn forget_gifts_of(tx: &mut Tx, host: PersonId) -> Result<(), AppError> {
    sqlx::query!("delete from gifts where host_id = $1", host as PersonId).execute(&mut **tx).await?;
    Ok(())
}

/// A host's notes as they take them along.
pub async fn gifts_to_take(conn: &mut PgConnection, host: PersonId) -> Result<Vec<serde_json::Value>, AppError> {
    let rows = sqlx::query_scalar!(
        r#"select to_jsonb(t) as "row!" from gifts t where host_id = $1 order by recorded_at"#,
        host as PersonId
    );
    Ok(rows.fetch_all(conn).await?)
}
