//! SQL over what somebody who left was kept from: it counts again for a new account at the same address.

use crate::domain::id::{PersonId, SanctionId};
use crate::domain::person::EmailAddress;
use crate::domain::retention::{RECORDS, months_after};
use crate::domain::sanction::Kind;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::{fingerprint, random};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What a host took.
const BLOCKED: &str = "blocked";

struct Bar {
    kind: String,
    by: PersonId,
    since: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
}

/// Keeps what is in force over somebody who leaves: sanctions, and by whom they are blocked since when.
pub async fn keep_bars(
    tx: &mut Tx,
    person: PersonId,
    address: &EmailAddress,
    blocks: Vec<(PersonId, DateTime<Utc>)>,
) -> Result<(), AppError> {
    let now = tx.now();
    let mut bars = sqlx::query_as!(
        Bar,
        r#"select kind, decided_by as "by: PersonId", decided_at as since, ends_at from sanctions
            where person_id = $1 and kind in ('account', 'applying', 'hosting') and lifted_at is null and (ends_at is null or ends_at > $2)"#,
        person as PersonId,
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    bars.extend(blocks.into_iter().map(|(by, since)| Bar { kind: BLOCKED.to_owned(), by, since, ends_at: None }));
    if bars.is_empty() {
        return Ok(());
    }
    let (hash, latest) = (fingerprint::of(tx.platform(), address).await?, months_after(now, RECORDS));
    for bar in bars {
        sqlx::query!(
            r#"insert into bars (bar_id, address_hash, kind, by_id, since, ends_at, kept_until)
               values ($1, $2, $3, $4, $5, $6, $7)"#,
            random::key() as Uuid,
            hash,
            bar.kind,
            bar.by as PersonId,
            bar.since,
            bar.ends_at,
            bar.ends_at.map_or(latest, |ends_at| ends_at.min(latest)),
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Lets what is kept of an address count for the person who was made by it.
pub(super) async fn take_up(tx: &mut Tx, person: PersonId, address: &EmailAddress) -> Result<(), AppError> {
    let (hash, now) = (fingerprint::of(tx.platform(), address).await?, tx.now());
    let bars = sqlx::query_as!(
        Bar,
        r#"delete from bars where address_hash = $1 and kept_until > $2
           returning kind, by_id as "by: PersonId", since, ends_at"#,
        hash,
        now,
    )
    .fetch_all(&mut **tx)
    .await?;
    let block = tx.platform().later.block;
    for bar in bars {
        if bar.kind == BLOCKED {
            block(tx, bar.by, person, bar.since).await?;
            continue;
        }
        sqlx::query!(
            r#"insert into sanctions (sanction_id, person_id, kind, reason, decided_by, decided_at, ends_at)
               values ($1, $2, $3, '', $4, $5, $6)"#,
            random::id::<SanctionId>() as SanctionId,
            person as PersonId,
            bar.kind,
            bar.by as PersonId,
            bar.since,
            bar.ends_at,
        )
        .execute(&mut **tx)
        .await?;
        if bar.kind == Kind::Account.as_str() {
            super::disable(tx, person, now).await?;
        }
    }
    Ok(())
}

/// Lifts what a host who leaves took from others who left.
pub async fn lift_bars_of(tx: &mut Tx, host: PersonId) -> Result<(), AppError> {
    sqlx::query!("delete from bars where by_id = $1 and kind = $2", host as PersonId, BLOCKED)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
