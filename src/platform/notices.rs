//! Which mails go out at once, wait for the mail of the day, or stay away: what their receivers chose,
//! whether they are reading the page right now, and whether they have an account to read it with.

use super::db::Tx;
use super::error::AppError;
use super::jobs::JobRun;
use super::mail::Mail;
use super::random;
use super::reading as pages;
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, JobId, PersonId};
use crate::domain::notice::{Delivery, Reading, Topic, next_hour, reading};
use crate::domain::retention;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What becomes of a mail.
pub enum Way {
    Send,
    /// Nothing is sent now; what was written is to be kept.
    Keep,
    /// To be decided anew then.
    Later(DateTime<Utc>),
}

/// Decides over a mail, and gives it the links by which its receiver says otherwise.
pub async fn decide(tx: &mut Tx, run: &JobRun, mail: &mut Mail) -> Result<Way, AppError> {
    let Some(person) = mail.person else { return Ok(Way::Send) };
    if !mail.is_for_the_closed && is_closed(tx, person).await? {
        return Ok(Way::Keep);
    }
    let Some(topic) = mail.topic else { return Ok(Way::Send) };
    match reading(seen_at(tx, run, mail, person).await?, run.created_at, run.now) {
        Reading::Knows => return Ok(Way::Keep),
        Reading::LookAgain(at) => return Ok(Way::Later(at)),
        Reading::Away => {}
    }
    match delivery(tx, person, topic).await? {
        Delivery::Never if topic.is_optional() => Ok(Way::Keep),
        Delivery::Daily => {
            keep_for_the_day(tx, run, mail, person).await?;
            Ok(Way::Keep)
        }
        Delivery::AtOnce | Delivery::Never => {
            mail.settings = Some(run.platform.config.url("/settings/notifications"));
            if topic.is_optional() {
                let key = new_key(tx, person, topic).await?;
                mail.unsubscribe = Some(run.platform.config.url(&format!("/notifications/{key}")));
            }
            Ok(Way::Send)
        }
    }
}

async fn is_closed(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let closed = sqlx::query_scalar!(
        r#"select exists (select from people where person_id = $1 and disabled_at is not null) as "is!""#,
        person as PersonId
    );
    Ok(closed.fetch_one(conn).await?)
}

/// When the receiver opened the page that the mail is about.
async fn seen_at(tx: &mut Tx, run: &JobRun, mail: &Mail, person: PersonId) -> Result<Option<DateTime<Utc>>, AppError> {
    match (mail.read_in, &mail.read_on) {
        (Some(room), _) => (run.platform.later.seen_document)(tx, room, person).await,
        (None, Some(page)) if mail.topic != Some(Topic::Turn) => pages::seen_at(tx, person, page).await,
        (None, _) => Ok(None),
    }
}

async fn keep_for_the_day(tx: &mut Tx, run: &JobRun, mail: &Mail, person: PersonId) -> Result<(), AppError> {
    let hour = digest_hour(tx, person).await?;
    let due_at = next_hour(run.now, mail.speech.zone, u32::try_from(hour).unwrap_or(8));
    // What the link of a secret leads to waits at home, too.
    let action = mail.action.as_ref().filter(|_| !mail.is_secret);
    let url = action.map_or_else(|| run.platform.config.url("/home"), |action| action.url.clone());
    sqlx::query!(
        r#"insert into digest_entries (job_id, person_id, due_at, subject, url, at) values ($1, $2, $3, $4, $5, $6)
           on conflict (job_id) do nothing"#,
        run.id as JobId,
        person as PersonId,
        due_at,
        mail.subject,
        url,
        run.now,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::DigestPlanned { person, due_at }).await
}

/// What the mail of a day tells.
pub struct Entry {
    pub subject: String,
    pub url: String,
}

impl Entry {
    /// The consultation that it is about, by its link.
    fn room(&self) -> Option<ConsultationId> {
        let (_, below) = self.url.split_once("/consultations/")?;
        below.split(['/', '?', '#']).next()?.parse().ok()
    }
}

/// Entries of one mail of the day in their order, without those of consultations that the person is in
/// no more; what is long past is deleted.
pub async fn entries(
    tx: &mut Tx,
    run: &JobRun,
    person: PersonId,
    due_at: DateTime<Utc>,
) -> Result<Vec<Entry>, AppError> {
    sqlx::query!(
        "delete from digest_entries where person_id = $1 and due_at < $2",
        person as PersonId,
        due_at - retention::DIGESTS
    )
    .execute(&mut **tx)
    .await?;
    let entries = sqlx::query_as!(
        Entry,
        "select subject, url from digest_entries where person_id = $1 and due_at = $2 order by at, job_id",
        person as PersonId,
        due_at,
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut told = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_theirs = match entry.room() {
            Some(room) => (run.platform.later.takes_part)(tx, room, person).await?,
            None => true,
        };
        if is_theirs {
            told.push(entry);
        }
    }
    Ok(told)
}

async fn delivery(conn: &mut PgConnection, person: PersonId, topic: Topic) -> Result<Delivery, AppError> {
    let word = sqlx::query_scalar!(
        "select delivery from notification_settings where person_id = $1 and topic = $2",
        person as PersonId,
        topic.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(word.and_then(|word| Delivery::parse(&word)).unwrap_or_default())
}

/// How a person wants their mails, topic by topic.
pub async fn deliveries(conn: &mut PgConnection, person: PersonId) -> Result<Vec<(Topic, Delivery)>, AppError> {
    let rows =
        sqlx::query!("select topic, delivery from notification_settings where person_id = $1", person as PersonId)
            .fetch_all(conn)
            .await?;
    let chosen = |topic: Topic| {
        let row = rows.iter().find(|row| row.topic == topic.as_str());
        row.and_then(|row| Delivery::parse(&row.delivery)).unwrap_or_default()
    };
    Ok(Topic::ALL.into_iter().map(|topic| (topic, chosen(topic))).collect())
}

/// The hour (0-23) of the mail of the day, in the person's zone.
pub async fn digest_hour(conn: &mut PgConnection, person: PersonId) -> Result<i16, AppError> {
    let hour = sqlx::query_scalar!("select digest_hour from people where person_id = $1", person as PersonId)
        .fetch_one(conn)
        .await?;
    Ok(hour)
}

/// Stores how a person wants mails of a topic.
pub async fn choose(tx: &mut Tx, person: PersonId, topic: Topic, delivery: Delivery) -> Result<(), AppError> {
    sqlx::query!(
        r#"insert into notification_settings (person_id, topic, delivery) values ($1, $2, $3)
           on conflict (person_id, topic) do update set delivery = excluded.delivery"#,
        person as PersonId,
        topic.as_str(),
        delivery.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Stores the hour of the mail of the day.
pub async fn choose_hour(tx: &mut Tx, person: PersonId, hour: i16) -> Result<(), AppError> {
    sqlx::query!("update people set digest_hour = $2 where person_id = $1", person as PersonId, hour)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn new_key(tx: &mut Tx, person: PersonId, topic: Topic) -> Result<String, AppError> {
    let (key, now) = (random::token(), tx.now());
    sqlx::query!(
        "insert into unsubscribe_keys (key_hash, person_id, topic, created_at) values ($1, $2, $3, $4)",
        random::hashed(&key),
        person as PersonId,
        topic.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(key)
}

/// Deletes what waited for a mail of the day, also of whoever wants none any more, and old links of mails; gives
/// their number.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>, limit: i64) -> Result<u64, AppError> {
    let entries = sqlx::query!(
        r#"delete from digest_entries where job_id in
                  (select job_id from digest_entries where due_at <= $1 order by due_at limit $2)"#,
        now - retention::DIGESTS,
        limit,
    )
    .execute(&mut *conn)
    .await?;
    let keys = sqlx::query!(
        r#"delete from unsubscribe_keys where key_hash in
                  (select key_hash from unsubscribe_keys where created_at <= $1 order by created_at limit $2)"#,
        now - retention::UNSUBSCRIBE_KEYS,
        limit,
    )
    .execute(conn)
    .await?;
    Ok(entries.rows_affected() + keys.rows_affected())
}

/// Whose mails of which topic a link is about; `Gone` where it is none, or too old.
pub async fn of_key(conn: &mut PgConnection, key: &str) -> Result<(PersonId, Topic), AppError> {
    let row = sqlx::query!(
        r#"select person_id as "person: PersonId", topic from unsubscribe_keys where key_hash = $1"#,
        random::hashed(key)
    )
    .fetch_optional(conn)
    .await?;
    row.and_then(|row| Some((row.person, Topic::parse(&row.topic)?))).ok_or(AppError::Gone)
}
