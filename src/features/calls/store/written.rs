//! SQL over calls as their hosts write them.

use super::super::form::Written;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::platform::db::{OnConstraint, Tx};
use crate::platform::error::AppError;
use crate::platform::random;
use sqlx::{Connection, PgConnection};

/// The owner has another call of this word.
#[derive(Debug)]
pub struct SlugTaken;

/// Writes a new call; it stays a draft until it is opened.
pub async fn insert(tx: &mut Tx, owner: PersonId, written: &Written) -> Result<Result<CallId, SlugTaken>, AppError> {
    let (id, now): (CallId, _) = (random::id(), tx.now());
    let inserted = sqlx::query!(
        r#"insert into calls (call_id, owner_id, slug, locale, stage, title, why, scope, created_at, stage_since)
           values ($1, $2, $3, $4, 'draft', $5, '', '', $6, $6)"#,
        id as CallId,
        owner as PersonId,
        written.slug.as_str(),
        written.locale.as_str(),
        written.title.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("calls_slug_is_unique", SlugTaken)?;
    if inserted.is_err() {
        return Ok(Err(SlugTaken));
    }
    sqlx::query!(
        "insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, true)",
        id as CallId,
        owner as PersonId
    )
    .execute(&mut **tx)
    .await?;
    update_row(tx, id, written).await?.map_err(|_| AppError::NotFound)?;
    tx.record(Fact::CallWritten { call: id }).await?;
    Ok(Ok(id))
}

/// Stores a call that was edited.
pub async fn update(tx: &mut Tx, id: CallId, written: &Written) -> Result<Result<(), SlugTaken>, AppError> {
    if update_row(tx, id, written).await?.is_err() {
        return Ok(Err(SlugTaken));
    }
    tx.record(Fact::CallChanged { call: id }).await?;
    Ok(Ok(()))
}

/// A changed confidentiality text is another version: who accepted the former accepted the former.
async fn update_row(conn: &mut PgConnection, id: CallId, w: &Written) -> Result<Result<(), SlugTaken>, AppError> {
    let updated = sqlx::query!(
        r#"update calls
              set title = $2, slug = $3, locale = $4, why = $5, scope = $6, not_for = $7, vague_is_fine = $8, free_minutes = $9,
                  longest_minutes = $10, reply_days = $11, capacity = $12,
                  confidentiality_version = confidentiality_version + case when confidentiality <> $13 and opened_at is not null then 1 else 0 end,
                  confidentiality = $13, gift_text = $14, gift_url = $15, meeting_place = $16, step_minutes = $17, notice_minutes = $18,
                  horizon_days = $19, preparation_days = $20, buffer_before_minutes = $21, buffer_after_minutes = $22,
                  sessions_per_day = $23, sessions_per_week = $24, mode = $25, change_notice_minutes = $26, revision = revision + 1
            where call_id = $1"#,
        id as CallId,
        w.title.as_str(),
        w.slug.as_str(),
        w.locale.as_str(),
        w.why,
        w.scope,
        w.not_for,
        w.vague_is_fine,
        w.free_minutes,
        w.longest_minutes,
        w.reply_days,
        w.capacity,
        w.confidentiality,
        w.gift_text,
        w.gift_url,
        w.meeting_place,
        w.step_minutes,
        w.notice_minutes,
        w.horizon_days,
        w.preparation_days,
        w.buffer_before_minutes,
        w.buffer_after_minutes,
        w.sessions_per_day,
        w.sessions_per_week,
        if w.host_confirms { "host_confirms" } else { "at_once" },
        w.change_notice_minutes,
    )
    .execute(&mut *conn)
    .await
    .on_constraint("calls_slug_is_unique", SlugTaken)?;
    if updated.is_err() {
        return Ok(Err(SlugTaken));
    }
    replace_lists(conn, id, w).await?;
    Ok(Ok(()))
}

async fn replace_lists(conn: &mut PgConnection, id: CallId, w: &Written) -> Result<(), AppError> {
    let pairs: Vec<(String, String)> =
        w.topics.iter().flat_map(|g| g.topics.iter().map(|t| (g.name.clone(), t.clone()))).collect();
    let (groups, names): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let kinds: Vec<String> = w.kinds.iter().map(|k| k.as_str().to_owned()).collect();
    sqlx::query!("delete from call_topics where call_id = $1", id as CallId).execute(&mut *conn).await?;
    sqlx::query!("delete from call_kinds where call_id = $1", id as CallId).execute(&mut *conn).await?;
    sqlx::query!(
        r#"insert into call_topics (call_id, position, group_name, name)
           select $1, t.position::integer, t.group_name, t.name
             from unnest($2::text[], $3::text[]) with ordinality as t (group_name, name, position)"#,
        id as CallId,
        &groups,
        &names,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("insert into call_kinds (call_id, kind) select $1, unnest($2::text[])", id as CallId, &kinds)
        .execute(conn)
        .await?;
    Ok(())
}

/// Somebody applied to the call, or was consulted: it stays.
#[derive(Debug)]
pub struct InUse;

/// Deletes a call with what its hosts set for it. What refers to it otherwise keeps it: the database
/// decides, so that no application slips in between.
pub async fn delete(tx: &mut Tx, id: CallId) -> Result<Result<(), InUse>, AppError> {
    let mut savepoint = tx.begin().await?;
    match sqlx::query!("delete from calls where call_id = $1", id as CallId).execute(&mut *savepoint).await {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            savepoint.rollback().await?;
            return Ok(Err(InUse));
        }
        deleted => deleted?,
    };
    savepoint.commit().await?;
    tx.record(Fact::CallDeleted { call: id }).await?;
    Ok(Ok(()))
}
