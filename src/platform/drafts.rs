//! What was typed and not yet sent, by form and subject: kept while typing, shown filled, deleted
//! when the form is sent. A visitor's draft waits under the address they gave.

use super::error::AppError;
use super::form::Fields;
use super::work;
use crate::domain::id::PersonId;
use crate::domain::person::EmailAddress;
use crate::domain::retention;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A kept draft.
pub struct Draft {
    pub fields: Fields,
    pub saved_at: DateTime<Utc>,
}

/// Keeps a person's draft of a form about a subject.
pub async fn keep(
    conn: &mut PgConnection,
    person: PersonId,
    form: &str,
    subject: &str,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into drafts (person_id, form, subject, fields, saved_at, expires_at) values ($1, $2, $3, $4, $5, $6)
           on conflict (person_id, form, subject) do update set fields = excluded.fields, saved_at = excluded.saved_at, expires_at = excluded.expires_at"#,
        person as PersonId,
        form,
        subject,
        body(fields),
        now,
        now + retention::DRAFTS,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A person's draft, where there is one.
pub async fn find(
    conn: &mut PgConnection,
    person: PersonId,
    form: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<Option<Draft>, AppError> {
    let row = sqlx::query!(
        "select fields, saved_at from drafts where person_id = $1 and form = $2 and subject = $3 and expires_at > $4",
        person as PersonId,
        form,
        subject,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Draft { fields: fields(row.fields), saved_at: row.saved_at }))
}

/// All drafts of a form that a person has, whatever they are about.
pub async fn of_form(
    conn: &mut PgConnection,
    person: PersonId,
    form: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Draft>, AppError> {
    let rows = sqlx::query!(
        "select fields, saved_at from drafts where person_id = $1 and form = $2 and expires_at > $3 order by saved_at desc",
        person as PersonId,
        form,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Draft { fields: fields(row.fields), saved_at: row.saved_at }).collect())
}

/// The drafts of a form that a person has about these subjects, each with its subject.
pub async fn about(
    conn: &mut PgConnection,
    person: PersonId,
    form: &str,
    subjects: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<(String, Draft)>, AppError> {
    let rows = sqlx::query!(
        "select subject, fields, saved_at from drafts where person_id = $1 and form = $2 and subject = any($3) and expires_at > $4",
        person as PersonId,
        form,
        subjects,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.subject, Draft { fields: fields(row.fields), saved_at: row.saved_at }))
        .collect())
}

/// Deletes a person's draft: the form was sent.
pub async fn delete(conn: &mut PgConnection, person: PersonId, form: &str, subject: &str) -> Result<(), AppError> {
    sqlx::query!(
        "delete from drafts where person_id = $1 and form = $2 and subject = $3",
        person as PersonId,
        form,
        subject
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a visitor's draft for seven days, bound to the address that they typed.
pub async fn keep_for_address(
    conn: &mut PgConnection,
    address: &EmailAddress,
    form: &str,
    subject: &str,
    fields: &Fields,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into visitor_drafts (address, form, subject, fields, saved_at, expires_at) values ($1, $2, $3, $4, $5, $6)
           on conflict (address, form, subject) do update set fields = excluded.fields, saved_at = excluded.saved_at, expires_at = excluded.expires_at"#,
        address.folded(),
        form,
        subject,
        body(fields),
        now,
        now + retention::VISITOR_DRAFTS,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives the drafts of an address to the person who proved that it is theirs, and says when they opened
/// the mail that asked for it. What the person themselves kept stays: anyone could have typed the address.
pub async fn attach(
    conn: &mut PgConnection,
    address: &EmailAddress,
    person: PersonId,
    opened_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), AppError> {
    sqlx::query!(
        r#"with found as (delete from visitor_drafts where address = $1 returning form, subject, fields, saved_at, expires_at)
           insert into drafts (person_id, form, subject, fields, saved_at, expires_at, proven_at)
           select $2, form, subject, fields, saved_at, $3, $5 from found where expires_at > $4
           on conflict (person_id, form, subject) do update set proven_at = coalesce(excluded.proven_at, drafts.proven_at)"#,
        address.folded(),
        person as PersonId,
        now + retention::DRAFTS,
        now,
        opened_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a person opened the mail that a draft waited for.
pub async fn is_proven(
    conn: &mut PgConnection,
    person: PersonId,
    form: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let proven = sqlx::query_scalar!(
        r#"select exists (select from drafts where person_id = $1 and form = $2 and subject = $3 and proven_at > $4) as "proven!""#,
        person as PersonId,
        form,
        subject,
        now - retention::VISITOR_DRAFTS,
    );
    Ok(proven.fetch_one(conn).await?)
}

/// Deletes drafts of persons that are over; gives their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from drafts where (person_id, form, subject) in
                  (select person_id, form, subject from drafts where expires_at <= $1 limit $2)"#,
        now,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// Deletes drafts of visitors that are over; gives their number.
pub async fn sweep_visitors(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let gone = sqlx::query!(
        r#"delete from visitor_drafts where (address, form, subject) in
                  (select address, form, subject from visitor_drafts where expires_at <= $1 limit $2)"#,
        now,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// Fields that belong to one drawing of a form.
const PASSING: [&str; 3] = ["once", work::CHALLENGE, work::NUMBER];

fn body(fields: &Fields) -> serde_json::Value {
    fields
        .all()
        .iter()
        .filter(|(name, _)| !PASSING.contains(&name.as_str()))
        .map(|(k, v)| serde_json::json!([k, v]))
        .collect()
}

fn fields(value: serde_json::Value) -> Fields {
    let pairs: Vec<(String, String)> = serde_json::from_value(value).unwrap_or_default();
    let mut fields = Fields::default();
    for (name, value) in pairs {
        fields.add(&name, value);
    }
    fields
}
