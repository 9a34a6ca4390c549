//! SQL over requests for a link, their codes, and the sign-ins that follow.

use super::address;
use crate::domain::id::{PersonId, SignInId, SignInRequestId};
use crate::domain::person::{EmailAddress, Locale};
use crate::domain::sign_in::Rank;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use crate::platform::seal::Keys;
use crate::platform::way::Way;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// A request for a mailed link that can still be used.
pub struct Request {
    pub id: SignInRequestId,
    pub address: EmailAddress,
    pub locale: Locale,
    /// Of the browser that asked.
    pub attempt: Hashed,
    pub way: Way,
}

/// What a request is found by.
pub struct NewRequest<'a> {
    pub address: &'a EmailAddress,
    pub locale: Locale,
    pub attempt: Hashed,
    pub next: &'a str,
    pub keys: &'a Keys,
    pub lasts: TimeDelta,
}

/// Stores a request; older ones of the address die with it.
pub async fn insert_request(
    conn: &mut PgConnection,
    new: NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<SignInRequestId, AppError> {
    let id: SignInRequestId = random::id();
    let way = Way::of(id, new.next, new.keys);
    sqlx::query!(
        "update sign_in_requests set spent_at = $2 where lower(email) = $1 and spent_at is null",
        new.address.folded(),
        now
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        r#"insert into sign_in_requests (sign_in_request_id, email, locale, attempt_hash, next_path, next_sealed, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        id as SignInRequestId,
        new.address.as_str(),
        new.locale.as_str(),
        new.attempt,
        way.path,
        way.sealed,
        now,
        now + new.lasts,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// Stores a request that nothing is mailed for: a provider answered it. Others of the address live on.
pub async fn insert_answered_request(
    conn: &mut PgConnection,
    new: NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<SignInRequestId, AppError> {
    let id: SignInRequestId = random::id();
    let way = Way::of(id, new.next, new.keys);
    sqlx::query!(
        r#"insert into sign_in_requests (sign_in_request_id, email, locale, attempt_hash, next_path, next_sealed, created_at, expires_at, spent_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $7)"#,
        id as SignInRequestId,
        new.address.as_str(),
        new.locale.as_str(),
        new.attempt,
        way.path,
        way.sealed,
        now,
        now + new.lasts,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// A live request, for the job that mails it.
pub async fn live_request(
    conn: &mut PgConnection,
    id: SignInRequestId,
    now: DateTime<Utc>,
) -> Result<Option<Request>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select sign_in_request_id as "id: SignInRequestId", email, locale, attempt_hash, next_path, next_sealed from sign_in_requests
            where sign_in_request_id = $1 and spent_at is null and expires_at > $2"#,
        id as SignInRequestId,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::request).transpose()
}

/// A live request by the token of its link.
pub async fn request_of_link(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<Request>, AppError> {
    let row = sqlx::query_as!(
        Row,
        r#"select r.sign_in_request_id as "id: SignInRequestId", r.email, r.locale, r.attempt_hash, r.next_path, r.next_sealed
             from sign_in_links l join sign_in_requests r using (sign_in_request_id)
            where l.token_hash = $1 and not r.is_first and r.spent_at is null and r.expires_at > $2"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::request).transpose()
}

/// The live request behind the link of a first start.
pub async fn first_request_of_link(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<SignInRequestId>, AppError> {
    let id = sqlx::query_scalar!(
        r#"select r.sign_in_request_id as "id: SignInRequestId"
             from sign_in_links l join sign_in_requests r using (sign_in_request_id)
            where l.token_hash = $1 and r.is_first and r.spent_at is null and r.expires_at > $2"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// Stores the request of a first start; the one printed before dies.
pub async fn insert_first_request(
    conn: &mut PgConnection,
    attempt: Hashed,
    now: DateTime<Utc>,
) -> Result<SignInRequestId, AppError> {
    let id: SignInRequestId = random::id();
    sqlx::query!("update sign_in_requests set spent_at = $1 where is_first and spent_at is null", now)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        r#"insert into sign_in_requests (sign_in_request_id, email, locale, attempt_hash, next_path, is_first, created_at, expires_at)
           values ($1, '', 'ja', $2, '/home', true, $3, $4)"#,
        id as SignInRequestId,
        attempt,
        now,
        now + TimeDelta::hours(1),
    )
    .execute(conn)
    .await?;
    Ok(id)
}

/// What became of a typed code.
pub enum CodeTry {
    Right(Request),
    Wrong { request: SignInRequestId, left: i32 },
    Dead,
}

/// The tries that a code has.
pub const CODE_TRIES: i32 = 5;

/// Compares a typed code with the one of the browser's request, and counts a wrong try.
pub async fn try_code(
    conn: &mut PgConnection,
    attempt: &Hashed,
    code: &Hashed,
    now: DateTime<Utc>,
) -> Result<CodeTry, AppError> {
    let row = sqlx::query!(
        r#"select sign_in_request_id as "id: SignInRequestId", email, locale, attempt_hash, next_path, next_sealed, code_hash, code_tries from sign_in_requests
            where attempt_hash = $1 and spent_at is null and expires_at > $2 for update"#,
        attempt,
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row.filter(|row| row.code_tries < CODE_TRIES) else { return Ok(CodeTry::Dead) };
    if row.code_hash.as_ref() == Some(code) {
        let (attempt_hash, next_path, next_sealed) = (row.attempt_hash, row.next_path, row.next_sealed);
        let row = Row { id: row.id, email: row.email, locale: row.locale, attempt_hash, next_path, next_sealed };
        return Ok(CodeTry::Right(row.request()?));
    }
    sqlx::query!(
        "update sign_in_requests set code_tries = code_tries + 1 where sign_in_request_id = $1",
        row.id as SignInRequestId
    )
    .execute(conn)
    .await?;
    match CODE_TRIES - row.code_tries - 1 {
        0 => Ok(CodeTry::Dead),
        left => Ok(CodeTry::Wrong { request: row.id, left }),
    }
}

struct Row {
    id: SignInRequestId,
    email: String,
    locale: String,
    attempt_hash: Hashed,
    next_path: String,
    next_sealed: Option<Vec<u8>>,
}

impl Row {
    fn request(self) -> Result<Request, AppError> {
        Ok(Request {
            id: self.id,
            address: address(&self.email)?,
            locale: Locale::parse(&self.locale).unwrap_or(Locale::Ja),
            attempt: self.attempt_hash,
            way: Way { path: self.next_path, sealed: self.next_sealed },
        })
    }
}

/// Adds a link to a request: a mail that is sent again has another one, and both work.
pub async fn add_link(
    conn: &mut PgConnection,
    id: SignInRequestId,
    token: &Hashed,
    code: &Hashed,
) -> Result<(), AppError> {
    sqlx::query!(
        "insert into sign_in_links (token_hash, sign_in_request_id) values ($1, $2)",
        token,
        id as SignInRequestId
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update sign_in_requests set code_hash = $2 where sign_in_request_id = $1",
        id as SignInRequestId,
        code
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Spends a request; false when somebody was faster.
pub async fn spend(conn: &mut PgConnection, id: SignInRequestId, now: DateTime<Utc>) -> Result<bool, AppError> {
    let spent = sqlx::query!("update sign_in_requests set spent_at = $2 where sign_in_request_id = $1 and spent_at is null and expires_at > $2", id as SignInRequestId, now)
        .execute(conn)
        .await?;
    Ok(spent.rows_affected() == 1)
}

/// Signs a browser in, for as long as the person's rank lets it.
pub async fn insert_sign_in(
    conn: &mut PgConnection,
    person: PersonId,
    token: &Hashed,
    user_agent: &str,
    by_factor: bool,
    now: DateTime<Utc>,
) -> Result<(SignInId, TimeDelta), AppError> {
    let id: SignInId = random::id();
    let row = sqlx::query!(
        r#"select host_since is not null as "is_host!", administrator_since is not null as "is_administrator!", epoch
             from people where person_id = $1"#,
        person as PersonId
    )
    .fetch_one(&mut *conn)
    .await?;
    let lasts = Rank::of(row.is_host, row.is_administrator).absolute();
    sqlx::query!(
        r#"insert into sign_ins (sign_in_id, person_id, token_hash, user_agent, created_at, seen_at, confirmed_at, expires_at, epoch, factor_at)
           values ($1, $2, $3, $4, $5, $5, $5, $6, $7, case when $8 then $5::timestamptz end)"#,
        id as SignInId,
        person as PersonId,
        token,
        user_agent,
        now,
        now + lasts,
        row.epoch,
        by_factor,
    )
    .execute(conn)
    .await?;
    Ok((id, lasts))
}

/// Ends the sign-in that a browser had before, whoever it was for.
pub async fn end_former(conn: &mut PgConnection, token: &Hashed) -> Result<Option<(PersonId, SignInId)>, AppError> {
    let former = sqlx::query!(
        r#"delete from sign_ins where token_hash = $1 returning person_id as "person: PersonId", sign_in_id as "sign_in: SignInId""#,
        token
    )
    .fetch_optional(conn)
    .await?;
    Ok(former.map(|former| (former.person, former.sign_in)))
}

/// Ends all sign-ins of a person, those that are just being made or wait for a second factor included: every
/// process asks for the epoch with each request.
pub async fn end_sign_ins(conn: &mut PgConnection, person: PersonId) -> Result<(), AppError> {
    sqlx::query!("update people set epoch = epoch + 1 where person_id = $1", person as PersonId)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from factor_attempts where person_id = $1", person as PersonId).execute(&mut *conn).await?;
    sqlx::query!("delete from sign_ins where person_id = $1", person as PersonId).execute(conn).await?;
    Ok(())
}

/// Notes the kind of browser that a person signs in with; whether it is another than all before.
pub async fn is_new_browser(
    conn: &mut PgConnection,
    person: PersonId,
    agent: &Hashed,
    now: DateTime<Utc>,
) -> Result<bool, AppError> {
    let has_others = sqlx::query_scalar!(
        r#"select exists (select from known_browsers where person_id = $1) as "exists!""#,
        person as PersonId
    )
    .fetch_one(&mut *conn)
    .await?;
    let noted = sqlx::query!(
        "insert into known_browsers (person_id, agent_hash, first_at) values ($1, $2, $3) on conflict do nothing",
        person as PersonId,
        agent,
        now,
    )
    .execute(conn)
    .await?;
    Ok(has_others && noted.rows_affected() == 1)
}

/// Whose sign-in this is and when it began, while it holds.
pub async fn sign_in(conn: &mut PgConnection, id: SignInId) -> Result<Option<(PersonId, DateTime<Utc>)>, AppError> {
    let row = sqlx::query!(
        r#"select person_id as "person: PersonId", created_at from sign_ins where sign_in_id = $1"#,
        id as SignInId
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.person, row.created_at)))
}

/// When any of these people was last seen at a page, as far as their browsers are signed in.
pub async fn last_seen(conn: &mut PgConnection, people: &[PersonId]) -> Result<Option<DateTime<Utc>>, AppError> {
    let at = sqlx::query_scalar!("select max(seen_at) from sign_ins where person_id = any($1)", people as &[PersonId])
        .fetch_one(conn)
        .await?;
    Ok(at)
}

/// A browser that is signed in.
pub struct Device {
    pub id: SignInId,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

/// A person's signed-in browsers, the last seen first.
pub async fn devices(
    conn: &mut PgConnection,
    person: PersonId,
    rank: Rank,
    now: DateTime<Utc>,
) -> Result<Vec<Device>, AppError> {
    let devices = sqlx::query_as!(
        Device,
        r#"select sign_in_id as "id: SignInId", user_agent, created_at, seen_at from sign_ins
            where person_id = $1 and expires_at > $2 and created_at > $3 and seen_at > $4
            order by seen_at desc, sign_in_id limit 100"#,
        person as PersonId,
        now,
        now - rank.absolute(),
        now - rank.idle(),
    )
    .fetch_all(conn)
    .await?;
    Ok(devices)
}

/// Signs out one of the person's browsers; false when it is not theirs.
pub async fn delete_sign_in(conn: &mut PgConnection, person: PersonId, id: SignInId) -> Result<bool, AppError> {
    let gone = sqlx::query!(
        "delete from sign_ins where sign_in_id = $1 and person_id = $2",
        id as SignInId,
        person as PersonId
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected() == 1)
}
