//! SQL over invitations to host a call.

use super::Rights;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, HostInvitationId, PersonId};
use crate::domain::person::{EmailAddress, Locale};
use crate::domain::retention;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An invitation that waits, as the owner sees it.
pub struct Invited {
    pub id: HostInvitationId,
    pub email: String,
    pub may_decide: bool,
    pub attends: bool,
    pub expires_at: DateTime<Utc>,
}

/// Invitations of a call that can still be used.
pub async fn invited(conn: &mut PgConnection, call: CallId, now: DateTime<Utc>) -> Result<Vec<Invited>, AppError> {
    let invited = sqlx::query_as!(
        Invited,
        r#"select host_invitation_id as "id: HostInvitationId", email, may_decide, attends, expires_at from host_invitations
            where call_id = $1 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $2
            order by created_at, host_invitation_id"#,
        call as CallId,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(invited)
}

/// Invites an address. Who waits already is invited anew with these rights, and the link before ends.
pub async fn invite(
    tx: &mut Tx,
    call: CallId,
    address: &EmailAddress,
    rights: Rights,
    by: PersonId,
) -> Result<(), AppError> {
    let (id, now): (HostInvitationId, _) = (random::id(), tx.now());
    let invitation = sqlx::query_scalar!(
        r#"insert into host_invitations (host_invitation_id, call_id, email, may_decide, attends, invited_by, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (call_id, lower(email)) where accepted_at is null and declined_at is null and revoked_at is null
           do update set may_decide = excluded.may_decide, attends = excluded.attends, invited_by = excluded.invited_by,
                         expires_at = excluded.expires_at, token_hash = null
           returning host_invitation_id as "id: HostInvitationId""#,
        id as HostInvitationId,
        call as CallId,
        address.as_str(),
        rights.may_decide,
        rights.attends,
        by as PersonId,
        now,
        now + retention::INVITATIONS,
    )
    .fetch_one(&mut **tx)
    .await?;
    tx.record(Fact::HostInvited { call, invitation }).await
}

/// Takes an invitation back; false when it could not be used any more.
pub async fn revoke_invitation(tx: &mut Tx, call: CallId, invitation: HostInvitationId) -> Result<bool, AppError> {
    let now = tx.now();
    let revoked = sqlx::query!(
        r#"update host_invitations set revoked_at = $3
            where call_id = $1 and host_invitation_id = $2
              and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $3"#,
        call as CallId,
        invitation as HostInvitationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if revoked.rows_affected() == 1 {
        tx.record(Fact::HostInvitationRevoked { call, invitation }).await?;
    }
    Ok(revoked.rows_affected() == 1)
}

/// Ends what waits for the address of somebody who was removed.
pub async fn revoke_invitations_of(tx: &mut Tx, call: CallId, person: PersonId) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update host_invitations set revoked_at = $3
            where call_id = $1 and accepted_at is null and declined_at is null and revoked_at is null
              and lower(email) = (select lower(email) from people where person_id = $2)"#,
        call as CallId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An invitation as whoever holds it sees it.
pub struct Open {
    pub invitation: HostInvitationId,
    pub call: CallId,
    pub email: String,
    pub may_decide: bool,
    pub attends: bool,
    pub call_title: String,
    pub owner_name: String,
}

/// The invitation of a token, while it can be used.
pub async fn open_invitation(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<Open>, AppError> {
    let open = sqlx::query_as!(
        Open,
        r#"select i.host_invitation_id as "invitation: HostInvitationId", i.call_id as "call: CallId", i.email, i.may_decide, i.attends,
                  c.title as call_title, o.name as owner_name
             from host_invitations i
             join calls c using (call_id)
             join people o on o.person_id = c.owner_id
            where i.token_hash = $1 and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > $2
              and i.invited_by = c.owner_id and c.stage <> 'archived'"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(open)
}

/// Spends an invitation; false when it was used or ended meanwhile.
pub async fn spend_invitation(tx: &mut Tx, id: HostInvitationId) -> Result<bool, AppError> {
    let now = tx.now();
    let spent = sqlx::query!(
        r#"update host_invitations set accepted_at = $2
            where host_invitation_id = $1 and accepted_at is null and declined_at is null and revoked_at is null"#,
        id as HostInvitationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(spent.rows_affected() == 1)
}

/// The invited person says no; false when it was used or ended meanwhile.
pub async fn decline_invitation(tx: &mut Tx, open: &Open) -> Result<bool, AppError> {
    let (now, invitation) = (tx.now(), open.invitation);
    let declined = sqlx::query!(
        r#"update host_invitations set declined_at = $2
            where host_invitation_id = $1 and accepted_at is null and declined_at is null and revoked_at is null"#,
        invitation as HostInvitationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    if declined.rows_affected() == 1 {
        tx.record(Fact::HostInvitationDeclined { call: open.call, invitation }).await?;
    }
    Ok(declined.rows_affected() == 1)
}

/// What the mail of an invitation needs.
pub struct ToInvite {
    pub email: String,
    pub rights: Rights,
    pub call_title: String,
    pub inviter: String,
    pub locale: Locale,
}

/// An invitation that waits, and the hash of the token that its mail carries from now on. There is none
/// for whoever hosts the call already: nobody learns by inviting which address a host has.
pub async fn set_invitation_token(
    tx: &mut Tx,
    id: HostInvitationId,
    token: Hashed,
) -> Result<Option<ToInvite>, AppError> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"update host_invitations i set token_hash = $2
             from calls c, people q
            where i.host_invitation_id = $1 and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > $3
              and c.call_id = i.call_id and q.person_id = i.invited_by
              and not exists (select from call_hosts h join people p on p.person_id = h.person_id
                               where h.call_id = i.call_id and lower(p.email) = lower(i.email))
        returning i.email, i.may_decide, i.attends, c.title, q.name, q.locale"#,
        id as HostInvitationId,
        token,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| ToInvite {
        email: row.email,
        rights: Rights { may_decide: row.may_decide, attends: row.attends },
        call_title: row.title,
        inviter: row.name,
        locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
    }))
}

/// The address of an invitation that was declined, and whom to tell.
pub async fn declined_invitation(
    conn: &mut PgConnection,
    id: HostInvitationId,
) -> Result<Option<(CallId, String, PersonId)>, AppError> {
    let row = sqlx::query!(
        r#"select call_id as "call: CallId", email, invited_by as "inviter: PersonId" from host_invitations
            where host_invitation_id = $1 and declined_at is not null"#,
        id as HostInvitationId,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.call, row.email, row.inviter)))
}

/// Deletes invitations and offers of calls whose time is over; gives their number.
pub async fn sweep_invitations(tx: &mut Tx, limit: i64) -> Result<u64, AppError> {
    let now = tx.now();
    let gone = sqlx::query!(
        r#"delete from host_invitations where host_invitation_id in
                  (select host_invitation_id from host_invitations where expires_at <= $1 order by expires_at limit $2)"#,
        now,
        limit,
    )
    .execute(&mut **tx)
    .await?;
    let offers = sqlx::query!("delete from call_transfers where expires_at <= $1", now).execute(&mut **tx).await?;
    Ok(gone.rows_affected() + offers.rows_affected())
}
