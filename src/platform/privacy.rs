//! What the platform itself holds of a person: drafts, choices about mails, marks of reading, mails of a
//! local instance, counters.

use super::db::Tx;
use super::error::AppError;
use crate::domain::id::{JobId, PersonId};
use crate::domain::person::EmailAddress;
use sqlx::PgConnection;
use uuid::Uuid;

/// What one table holds of a person, as they take it along.
pub struct Part {
    pub table: &'static str,
    pub rows: Vec<serde_json::Value>,
}

/// What mails to others say of a person: names and titles, and IDs of what the person was in.
pub struct Told {
    pub words: Vec<String>,
    pub places: Vec<Uuid>,
}

/// Deletes it. Counters of limits carry addresses until their while is over; the mails of a local instance,
/// and what waits for the mail of a day, carry names and titles.
pub async fn erase(tx: &mut Tx, person: PersonId, address: &EmailAddress, told: &Told) -> Result<(), AppError> {
    sqlx::query!(
        r#"with a as (delete from drafts where person_id = $1),
                b as (delete from notification_settings where person_id = $1),
                c as (delete from digest_entries where person_id = $1),
                d as (delete from unsubscribe_keys where person_id = $1)
           delete from readings where person_id = $1"#,
        person as PersonId,
    )
    .execute(&mut **tx)
    .await?;
    leave_out_of_digests(tx, told).await?;
    sqlx::query!(
        r#"with a as (delete from visitor_drafts where lower(address) = $1),
                b as (delete from refused_addresses where address = $1),
                c as (delete from limits where strpos(lower(bucket), $1) > 0)
           delete from mailbox
            where lower(recipient) = $1
               or exists (select from unnest($2::text[]) w where length(w) > 2 and (strpos(subject, w) > 0 or strpos(text_part, w) > 0 or strpos(calendar_part, w) > 0))"#,
        address.folded(),
        &told.words,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A title of somebody else's room may hold the same words: what leads elsewhere stands as it was.
async fn leave_out_of_digests(tx: &mut Tx, told: &Told) -> Result<(), AppError> {
    let entries = sqlx::query!(
        r#"select job_id as "id: JobId", subject from digest_entries
            where exists (select from unnest($1::uuid[]) p where strpos(url, p::text) > 0)"#,
        &told.places,
    )
    .fetch_all(&mut **tx)
    .await?;
    for entry in entries {
        sqlx::query!(
            "update digest_entries set subject = $2 where job_id = $1",
            entry.id as JobId,
            without(&entry.subject, &told.words),
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// A text with something else in the place of these words.
pub fn without(text: &str, words: &[String]) -> String {
    words.iter().fold(text.to_owned(), |text, word| without_one(&text, word))
}

/// "Al" is no part of "Also": where a word begins or ends with a letter of ASCII, another beside it makes it
/// another word.
fn without_one(text: &str, word: &str) -> String {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (begins, ends) = (is_letter(word.chars().next()), is_letter(word.chars().last()));
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(word).filter(|_| !word.is_empty()) {
        let after = &rest[at + word.len()..];
        out.push_str(&rest[..at]);
        let is_part = begins && is_letter(out.chars().last()) || ends && is_letter(after.chars().next());
        out.push_str(if is_part { word } else { "…" });
        rest = after;
    }
    out + rest
}

/// What the tables of the platform hold of a person.
pub async fn export(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Part>, AppError> {
    Ok(vec![
        Part {
            table: "drafts",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from drafts t where person_id = $1 order by saved_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "notification_settings",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from notification_settings t where person_id = $1 order by topic"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "digest_entries",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) - array['job_id'] as "row!" from digest_entries t where person_id = $1 order by at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "readings",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from readings t where person_id = $1 order by seen_at"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "facts",
            rows: sqlx::query_scalar!(
                r#"select jsonb_build_object('fact', fact, 'at', at) as "row!" from facts where actor_id = $1 order by at, fact_id"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
        Part {
            table: "refused_addresses",
            rows: sqlx::query_scalar!(
                r#"select to_jsonb(t) as "row!" from refused_addresses t join people p on lower(p.email) = t.address where p.person_id = $1"#,
                person as PersonId,
            )
            .fetch_all(&mut *conn)
            .await?,
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::without_one;

    #[test]
    fn a_name_goes_and_other_words_with_its_letters_stay() {
        for (text, word, expected) in [
            ("Al said so. Also Alan, and Al", "Al", "… said so. Also Alan, and …"),
            ("山田さんと山田", "山田", "…さんと…"),
            ("AkiとAki3", "Aki", "…とAki3"),
            ("nothing", "", "nothing"),
        ] {
            assert_eq!(without_one(text, word), expected);
        }
    }
}
