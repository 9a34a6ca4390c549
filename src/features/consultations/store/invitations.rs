//! Invitations: mailed to one address, or a link for the team.

use crate::domain::id::{ConsultationId, InvitationId, PersonId};
use crate::domain::person::{EmailAddress, Locale};
use crate::domain::retention;
use crate::features::consultations::room::Room;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::random::{self, Hashed};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;

/// An invitation that waits.
pub struct Invited {
    pub id: InvitationId,
    /// The invited address; `None` for the team link.
    pub email: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// Invitations last this long.
const INVITATION_LASTS: TimeDelta = retention::INVITATIONS;

/// Invitations that can still be used.
pub(in crate::features::consultations) async fn invited(
    conn: &mut PgConnection,
    id: ConsultationId,
    now: DateTime<Utc>,
) -> Result<Vec<Invited>, AppError> {
    let invited = sqlx::query_as!(
        Invited,
        r#"select invitation_id as "id: InvitationId", email, expires_at from invitations
            where consultation_id = $1 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $2
            order by created_at, invitation_id"#,
        id as ConsultationId,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(invited)
}

/// Stores an invitation: by mail, whose token the job makes, or a team link.
pub(in crate::features::consultations) async fn invite(
    tx: &mut Tx,
    room: &Room,
    address: Option<&EmailAddress>,
    token: Option<Hashed>,
) -> Result<InvitationId, AppError> {
    let (id, now): (InvitationId, _) = (random::id(), tx.now());
    sqlx::query!(
        r#"insert into invitations (invitation_id, consultation_id, kind, email, token_hash, invited_by, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)"#,
        id as InvitationId,
        room.id() as ConsultationId,
        if address.is_some() { "mail" } else { "team" },
        address.map(EmailAddress::as_str),
        token,
        room.me as PersonId,
        now,
        now + INVITATION_LASTS,
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Lets a mailed invitation that waits last anew; `None` where there is none for this address.
pub(in crate::features::consultations) async fn invite_again(
    tx: &mut Tx,
    id: ConsultationId,
    address: &EmailAddress,
) -> Result<Option<InvitationId>, AppError> {
    let now = tx.now();
    let waiting = sqlx::query_scalar!(
        r#"update invitations set expires_at = $3
            where consultation_id = $1 and lower(email) = $2 and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $4
        returning invitation_id as "id: InvitationId""#,
        id as ConsultationId,
        address.folded(),
        now + INVITATION_LASTS,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(waiting)
}

/// Ends the team links before a new one is made.
pub(in crate::features::consultations) async fn revoke_team_links(
    tx: &mut Tx,
    id: ConsultationId,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        "update invitations set revoked_at = $2 where consultation_id = $1 and kind = 'team' and revoked_at is null",
        id as ConsultationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends mailed invitations to the address of somebody who was removed.
pub(in crate::features::consultations) async fn revoke_invitations_of(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update invitations set revoked_at = $3
            where consultation_id = $1 and revoked_at is null and accepted_at is null
              and lower(email) = (select lower(email) from people where person_id = $2)"#,
        id as ConsultationId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends one invitation of the consultation; false when it could not be used any more.
pub(in crate::features::consultations) async fn revoke_invitation(
    tx: &mut Tx,
    id: ConsultationId,
    invitation: InvitationId,
) -> Result<bool, AppError> {
    let now = tx.now();
    let revoked = sqlx::query!(
        r#"update invitations set revoked_at = $3
            where consultation_id = $1 and invitation_id = $2
              and accepted_at is null and declined_at is null and revoked_at is null and expires_at > $3"#,
        id as ConsultationId,
        invitation as InvitationId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(revoked.rows_affected() == 1)
}

/// An invitation as whoever holds it sees it.
pub struct Open {
    pub invitation: InvitationId,
    pub consultation: ConsultationId,
    pub email: Option<String>,
    pub call_title: String,
    pub inviter: String,
    pub confidentiality: String,
    pub confidentiality_version: i32,
}

/// The invitation of a token, while it can be used.
pub(in crate::features::consultations) async fn open_invitation(
    conn: &mut PgConnection,
    token: &Hashed,
    now: DateTime<Utc>,
) -> Result<Option<Open>, AppError> {
    let open = sqlx::query_as!(
        Open,
        r#"select i.invitation_id as "invitation: InvitationId", i.consultation_id as "consultation: ConsultationId", i.email,
                  c.title as call_title, q.name as inviter, c.confidentiality, c.confidentiality_version
             from invitations i
             join consultations s using (consultation_id)
             join calls c using (call_id)
             join people q on q.person_id = i.invited_by
            where i.token_hash = $1 and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > $2
              and s.stage in ('preparing', 'ready', 'booked', 'in_session')"#,
        token,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(open)
}

/// Spends a mailed invitation; false when it was spent.
pub(in crate::features::consultations) async fn spend_invitation(
    tx: &mut Tx,
    id: InvitationId,
) -> Result<bool, AppError> {
    let now = tx.now();
    let spent = sqlx::query!(
        "update invitations set accepted_at = $2 where invitation_id = $1 and accepted_at is null",
        id as InvitationId,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(spent.rows_affected() == 1)
}

/// Spends what was mailed to the address of somebody who joined by another way.
pub(in crate::features::consultations) async fn spend_invitations_of(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
) -> Result<(), AppError> {
    let now = tx.now();
    sqlx::query!(
        r#"update invitations set accepted_at = $3
            where consultation_id = $1 and accepted_at is null and declined_at is null and revoked_at is null
              and lower(email) = (select lower(email) from people where person_id = $2)"#,
        id as ConsultationId,
        person as PersonId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The invited person says no; false when it was used or ended before.
pub(in crate::features::consultations) async fn decline_invitation(
    tx: &mut Tx,
    id: InvitationId,
) -> Result<bool, AppError> {
    let now = tx.now();
    let declined = sqlx::query!(
        r#"update invitations set declined_at = $2
            where invitation_id = $1 and kind = 'mail' and accepted_at is null and declined_at is null and revoked_at is null"#,
        id as InvitationId,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(declined.rows_affected() == 1)
}

/// An invitation that was declined: whose it was, and to whom it went.
pub(in crate::features::consultations) struct Declined {
    pub consultation: ConsultationId,
    pub inviter: PersonId,
    pub email: String,
}

/// What is told of an invitation that was declined.
pub(in crate::features::consultations) async fn declined_invitation(
    conn: &mut PgConnection,
    id: InvitationId,
) -> Result<Option<Declined>, AppError> {
    let declined = sqlx::query_as!(
        Declined,
        r#"select consultation_id as "consultation: ConsultationId", invited_by as "inviter: PersonId", email as "email!"
             from invitations where invitation_id = $1 and declined_at is not null and email is not null"#,
        id as InvitationId
    )
    .fetch_optional(conn)
    .await?;
    Ok(declined)
}

/// The same of one that nobody answered yet.
pub(in crate::features::consultations) async fn waiting_invitation(
    conn: &mut PgConnection,
    id: InvitationId,
) -> Result<Option<Declined>, AppError> {
    let waiting = sqlx::query_as!(
        Declined,
        r#"select consultation_id as "consultation: ConsultationId", invited_by as "inviter: PersonId", email as "email!"
             from invitations
            where invitation_id = $1 and email is not null
              and accepted_at is null and declined_at is null and revoked_at is null"#,
        id as InvitationId
    )
    .fetch_optional(conn)
    .await?;
    Ok(waiting)
}

/// Mailed invitations of an address that nobody answered yet.
pub async fn waiting_at(conn: &mut PgConnection, address: &EmailAddress) -> Result<Vec<InvitationId>, AppError> {
    let ids = sqlx::query_scalar!(
        r#"select invitation_id as "id: InvitationId" from invitations
            where lower(email) = $1 and accepted_at is null and declined_at is null and revoked_at is null
            order by created_at, invitation_id"#,
        address.folded(),
    )
    .fetch_all(conn)
    .await?;
    Ok(ids)
}

/// What the mail of an invitation needs.
pub(in crate::features::consultations) struct ToInvite {
    pub consultation: ConsultationId,
    pub email: String,
    pub call_title: String,
    pub inviter: String,
    pub locale: Locale,
}

/// A mailed invitation that waits, and the hash of the token that its mail carries from now on.
pub(in crate::features::consultations) async fn set_invitation_token(
    tx: &mut Tx,
    id: InvitationId,
    token: Hashed,
) -> Result<Option<ToInvite>, AppError> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"update invitations i set token_hash = $2
             from consultations s join calls c using (call_id), people q
            where i.invitation_id = $1 and i.kind = 'mail' and i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > $3
              and s.consultation_id = i.consultation_id and q.person_id = i.invited_by
        returning i.consultation_id as "consultation: ConsultationId", i.email as "email!", c.title, q.name, q.locale"#,
        id as InvitationId,
        token,
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| ToInvite {
        consultation: row.consultation,
        email: row.email,
        call_title: row.title,
        inviter: row.name,
        locale: Locale::parse(&row.locale).unwrap_or(Locale::Ja),
    }))
}
