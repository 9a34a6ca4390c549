//! SQL over the mailbox of an instance that sends no mail.

use crate::platform::error::AppError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A mail of the mailbox.
pub struct Mailed {
    pub id: i64,
    pub recipient: String,
    pub subject: String,
    pub sent_at: DateTime<Utc>,
}

/// The newest mails.
pub async fn mailed(conn: &mut PgConnection) -> Result<Vec<Mailed>, AppError> {
    let mails = sqlx::query_as!(
        Mailed,
        "select mailbox_id as id, recipient, subject, sent_at from mailbox order by mailbox_id desc limit 200"
    )
    .fetch_all(conn)
    .await?;
    Ok(mails)
}

/// A mail with its parts.
pub struct Opened {
    pub id: i64,
    pub message_id: String,
    pub recipient: String,
    pub subject: String,
    pub text_part: String,
    pub html_part: String,
    pub calendar_part: Option<String>,
    pub source: String,
    pub sent_at: DateTime<Utc>,
}

/// One mail of the mailbox.
pub async fn opened(conn: &mut PgConnection, id: i64) -> Result<Option<Opened>, AppError> {
    let mail = sqlx::query_as!(
        Opened,
        "select mailbox_id as id, message_id, recipient, subject, text_part, html_part, calendar_part, source, sent_at from mailbox where mailbox_id = $1",
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(mail)
}
