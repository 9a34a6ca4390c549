//! SQL over what is kept no longer: the document with its former versions and notes, and material.

use super::{locked_material, save_material};
use crate::domain::id::{ConsultationId, MaterialId};
use crate::domain::material::Step;
use crate::platform::db::Tx;
use crate::platform::error::AppError;

/// Deletes the documents of these consultations, and lets their material go. Whatever refers to an
/// item let go of it before.
pub async fn purge(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    purge_materials(tx, rooms).await?;
    sqlx::query!(
        "delete from removed_texts where post_id in (select post_id from posts join items using (item_id) where consultation_id = any($1))",
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from post_revisions where post_id in (select post_id from posts join items using (item_id) where consultation_id = any($1))",
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from posts where item_id in (select item_id from items where consultation_id = any($1))",
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from item_titles where item_id in (select item_id from items where consultation_id = any($1))",
        rooms as &[ConsultationId],
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from items where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    purge_beside(tx, rooms).await
}

/// What stands beside the items.
async fn purge_beside(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    sqlx::query!("delete from goals where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from agendas where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from private_notes where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from host_notes where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The bytes go by the job that follows from the fact.
async fn purge_materials(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    let there = sqlx::query_scalar!(
        r#"select material_id as "id: MaterialId" from materials
            where consultation_id = any($1) and stage in ('checking', 'shared') order by material_id"#,
        rooms as &[ConsultationId],
    )
    .fetch_all(&mut **tx)
    .await?;
    let now = tx.now();
    for id in there {
        let held = locked_material(tx, id).await?;
        if let Some(moved) = held.and_then(|held| held.material.take(Step::Purge)) {
            save_material(tx, moved, Some(now)).await?;
        }
    }
    Ok(())
}

/// Deletes what was left of the documents of these consultations, and who read them.
pub async fn forget(tx: &mut Tx, rooms: &[ConsultationId]) -> Result<(), AppError> {
    purge(tx, rooms).await?;
    sqlx::query!("delete from materials where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from visits where consultation_id = any($1)", rooms as &[ConsultationId])
        .execute(&mut **tx)
        .await?;
    Ok(())
}
