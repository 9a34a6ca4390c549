//! SQL over sanctions.

use crate::domain::fact::Fact;
use crate::domain::id::{PersonId, SanctionId};
use crate::domain::person::EmailAddress;
use crate::domain::sanction::{Kind, Sanction};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A sanction with its texts.
pub struct Sanctioned {
    pub sanction: Sanction,
    pub reason: String,
    pub appeal: Option<String>,
    pub answer: Option<String>,
}

struct Row {
    sanction_id: SanctionId,
    person_id: PersonId,
    kind: String,
    reason: String,
    decided_by: PersonId,
    decided_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    appeal: Option<String>,
    appealed_at: Option<DateTime<Utc>>,
    answer: Option<String>,
    concluded_at: Option<DateTime<Utc>>,
    lifted_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Sanctioned {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self, AppError> {
        let kind = Kind::parse(&row.kind)
            .ok_or_else(|| AppError::Unexpected(anyhow!("sanctions {}: unknown kind", row.sanction_id)))?;
        let sanction = Sanction {
            id: row.sanction_id,
            person: row.person_id,
            kind,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            ends_at: row.ends_at,
            appealed_at: row.appealed_at,
            concluded_at: row.concluded_at,
            lifted_at: row.lifted_at,
        };
        Ok(Self { sanction, reason: row.reason, appeal: row.appeal, answer: row.answer })
    }
}

/// A new sanction.
pub struct Decided<'a> {
    pub person: PersonId,
    pub kind: Kind,
    pub reason: &'a str,
    pub ends_at: Option<DateTime<Utc>>,
    pub by: PersonId,
}

/// Stores a sanction and what it takes away, and records the fact.
pub async fn sanction(tx: &mut Tx, decided: Decided<'_>) -> Result<(), AppError> {
    let (id, now): (SanctionId, _) = (random::id(), tx.now());
    let took_grant = match decided.kind {
        Kind::Account => {
            disable(tx, decided.person, now).await?;
            false
        }
        Kind::Hosting => super::withdraw_host(tx, decided.person).await?,
        Kind::Warning | Kind::Applying => false,
    };
    if took_grant {
        tx.record(Fact::HostWithdrawn { person: decided.person }).await?;
    }
    sqlx::query!(
        r#"insert into sanctions (sanction_id, person_id, kind, reason, decided_by, decided_at, ends_at, took_grant)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        id as SanctionId,
        decided.person as PersonId,
        decided.kind.as_str(),
        decided.reason,
        decided.by as PersonId,
        now,
        decided.ends_at,
        took_grant,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::SanctionDecided { sanction: id }).await
}

/// Closes an account, and records the fact where it was open.
pub async fn disable(tx: &mut Tx, person: PersonId, now: DateTime<Utc>) -> Result<(), AppError> {
    let disabled = sqlx::query!(
        "update people set disabled_at = $2 where person_id = $1 and disabled_at is null",
        person as PersonId,
        now
    );
    let is_new = disabled.execute(&mut **tx).await?.rows_affected() == 1;
    super::end_sign_ins(tx, person).await?;
    match is_new {
        true => tx.record(Fact::PersonDisabled { person }).await,
        false => Ok(()),
    }
}

/// Whether a sanction keeps the person from applying now.
pub async fn may_apply(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let may = sqlx::query_scalar!(
        r#"select not exists (select from sanctions where person_id = $1 and kind = 'applying' and lifted_at is null
                                and (ends_at is null or ends_at > $2)) as "may!""#,
        person as PersonId,
        now,
    );
    Ok(may.fetch_one(conn).await?)
}

/// Whether no sanction keeps the person from hosting now.
pub async fn may_host(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let may = sqlx::query_scalar!(
        r#"select not exists (select from sanctions where person_id = $1 and kind in ('hosting', 'account') and lifted_at is null
                                and (ends_at is null or ends_at > $2)) as "may!""#,
        person as PersonId,
        now,
    );
    Ok(may.fetch_one(conn).await?)
}

/// Whether nobody may sign in as the person.
pub async fn is_disabled(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let is_disabled = sqlx::query_scalar!(
        r#"select disabled_at is not null as "is_disabled!" from people where person_id = $1"#,
        person as PersonId
    );
    Ok(is_disabled.fetch_optional(conn).await?.unwrap_or(false))
}

/// All sanctions over a person, the newest first.
pub async fn sanctions_of(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Sanctioned>, AppError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select sanction_id as "sanction_id: SanctionId", person_id as "person_id: PersonId", kind, reason, decided_by as "decided_by: PersonId",
                  decided_at, ends_at, appeal, appealed_at, answer, concluded_at, lifted_at
             from sanctions where person_id = $1 order by decided_at desc, sanction_id"#,
        person as PersonId,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Sanctioned::try_from).collect()
}

/// A sanction behind its lock.
pub async fn locked_sanction(tx: &mut Tx, id: SanctionId) -> Result<Sanctioned, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select sanction_id as "sanction_id: SanctionId", person_id as "person_id: PersonId", kind, reason, decided_by as "decided_by: PersonId",
                  decided_at, ends_at, appeal, appealed_at, answer, concluded_at, lifted_at
             from sanctions where sanction_id = $1 for update"#,
        id as SanctionId,
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.ok_or(AppError::NotFound)?.try_into()
}

/// The sanction of a mailed link, which stays good: it is all that a disabled account has.
pub async fn sanction_of_link(conn: &mut PgConnection, token: &Hashed) -> Result<Sanctioned, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select sanction_id as "sanction_id: SanctionId", person_id as "person_id: PersonId", kind, reason, decided_by as "decided_by: PersonId",
                  decided_at, ends_at, appeal, appealed_at, answer, concluded_at, lifted_at
             from sanctions where token_hash = $1"#,
        token,
    )
    .fetch_optional(conn)
    .await?;
    row.ok_or(AppError::Gone)?.try_into()
}

/// Whose account is closed, by a mailed link: it is all that they have, also to take their data along.
pub async fn closed_by_link(conn: &mut PgConnection, token: &str) -> Result<PersonId, AppError> {
    let person = sanction_of_link(&mut *conn, &random::hashed(token)).await?.sanction.person;
    if is_disabled(conn, person).await? { Ok(person) } else { Err(AppError::Gone) }
}

/// Gives a sanction the token that its mails carry from now on.
pub async fn set_sanction_token(tx: &mut Tx, id: SanctionId, token: Hashed) -> Result<(), AppError> {
    sqlx::query!("update sanctions set token_hash = $2 where sanction_id = $1", id as SanctionId, token)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Stores a sanction that moved, with what was written, and gives back what it took.
pub async fn save_sanction(
    tx: &mut Tx,
    moved: (Sanction, Fact),
    (appeal, answer): (Option<&str>, Option<&str>),
    by: Option<PersonId>,
) -> Result<(), AppError> {
    let (sanction, fact) = moved;
    sqlx::query!(
        r#"update sanctions set appealed_at = $2, appeal = coalesce(appeal, $3), concluded_at = $4, answer = coalesce(answer, $5),
                  concluded_by = case when $4::timestamptz is null then null else coalesce(concluded_by, $6) end, lifted_at = $7
            where sanction_id = $1"#,
        sanction.id as SanctionId,
        sanction.appealed_at,
        appeal,
        sanction.concluded_at,
        answer,
        by as Option<PersonId>,
        sanction.lifted_at,
    )
    .execute(&mut **tx)
    .await?;
    match (sanction.kind, sanction.lifted_at) {
        (Kind::Account, Some(_)) => let_in(tx, sanction.person).await?,
        (Kind::Hosting, Some(_)) => give_grant_back(tx, sanction).await?,
        _ => {}
    }
    tx.record(fact).await
}

async fn let_in(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    if is_kept_out(tx, person).await? {
        return Ok(());
    }
    let enabled = sqlx::query!(
        "update people set disabled_at = null where person_id = $1 and disabled_at is not null",
        person as PersonId
    );
    match enabled.execute(&mut **tx).await?.rows_affected() {
        0 => Ok(()),
        _ => tx.record(Fact::PersonEnabled { person }).await,
    }
}

/// Gives back the grant that a sanction took. Where another keeps the person from hosting, that one gives it
/// back in its turn.
async fn give_grant_back(tx: &mut Tx, sanction: Sanction) -> Result<(), AppError> {
    let (id, person, now) = (sanction.id, sanction.person, tx.now());
    let gives =
        sqlx::query!("update sanctions set took_grant = false where sanction_id = $1 and took_grant", id as SanctionId);
    if gives.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    let passed_on = sqlx::query!(
        r#"update sanctions set took_grant = true
            where sanction_id = (select sanction_id from sanctions
                                  where person_id = $1 and kind = 'hosting' and lifted_at is null
                                  order by decided_at desc, sanction_id limit 1)"#,
        person as PersonId
    );
    if passed_on.execute(&mut **tx).await?.rows_affected() == 0 && super::grant_host(tx, person, now).await? {
        tx.record(Fact::HostGranted { person }).await?;
    }
    Ok(())
}

async fn is_kept_out(tx: &mut Tx, person: PersonId) -> Result<bool, AppError> {
    let is_kept_out = sqlx::query_scalar!(
        r#"select exists (select from sanctions where person_id = $1 and kind = 'account' and lifted_at is null) as "is!""#,
        person as PersonId
    );
    Ok(is_kept_out.fetch_one(&mut **tx).await?)
}

/// Whether administrators took hosting from the person and did not give it back.
pub async fn is_kept_from_hosting(conn: &mut PgConnection, person: PersonId) -> Result<bool, AppError> {
    let is_kept = sqlx::query_scalar!(
        r#"select exists (select from sanctions where person_id = $1 and kind = 'hosting' and lifted_at is null) as "is!""#,
        person as PersonId
    );
    Ok(is_kept.fetch_one(conn).await?)
}

/// The person of an address whose account is closed, and by what: they are mailed that in place of a link.
pub async fn closed_account(
    conn: &mut PgConnection,
    address: &EmailAddress,
) -> Result<Option<(PersonId, SanctionId)>, AppError> {
    let closed = sqlx::query!(
        r#"select p.person_id as "person: PersonId", s.sanction_id as "sanction: SanctionId"
             from people p join sanctions s using (person_id)
            where lower(p.email) = $1 and p.disabled_at is not null and s.kind = 'account' and s.lifted_at is null
            order by s.decided_at desc limit 1"#,
        address.folded(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(closed.map(|row| (row.person, row.sanction)))
}
