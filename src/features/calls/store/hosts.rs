//! SQL over who hosts a call.

use crate::domain::fact::Fact;
use crate::domain::id::{CallId, PersonId};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// A host with their name, as the page of hosts shows them.
#[derive(Clone, Debug)]
pub struct NamedHost {
    pub person: PersonId,
    pub name: String,
    /// Whether they decide over applications and the call's stage.
    pub may_decide: bool,
    pub attends: bool,
}

/// Owner and co-hosts by name, the owner first.
pub async fn named_hosts(conn: &mut PgConnection, id: CallId) -> Result<Vec<NamedHost>, AppError> {
    let named = sqlx::query_as!(
        NamedHost,
        r#"select h.person_id as "person: PersonId", q.name, h.may_decide, h.attends
             from call_hosts h
             join calls c using (call_id)
             join people q on q.person_id = h.person_id
            where h.call_id = $1
            order by h.person_id <> c.owner_id, q.name, h.person_id"#,
        id as CallId,
    )
    .fetch_all(conn)
    .await?;
    Ok(named)
}

/// What a co-host may do, and whether they are there at sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    pub may_decide: bool,
    pub attends: bool,
}

/// Adds a co-host. Those who attend were committed to the times ahead before.
pub async fn add_host(tx: &mut Tx, call: CallId, person: PersonId, rights: Rights) -> Result<(), AppError> {
    sqlx::query!(
        "insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, $3, $4)",
        call as CallId,
        person as PersonId,
        rights.may_decide,
        rights.attends,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::HostJoined { call, person }).await?;
    if rights.attends {
        tx.record(Fact::HostCommitted { call, person }).await?;
    }
    Ok(())
}

/// Gives a co-host other rights.
pub async fn change_host(
    tx: &mut Tx,
    call: CallId,
    person: PersonId,
    (before, rights): (Rights, Rights),
) -> Result<(), AppError> {
    sqlx::query!(
        "update call_hosts set may_decide = $3, attends = $4 where call_id = $1 and person_id = $2",
        call as CallId,
        person as PersonId,
        rights.may_decide,
        rights.attends,
    )
    .execute(&mut **tx)
    .await?;
    tx.record(Fact::HostChanged { call, person }).await?;
    match (before.attends, rights.attends) {
        (false, true) => tx.record(Fact::HostCommitted { call, person }).await,
        (true, false) => tx.record(Fact::HostFreed { call, person }).await,
        _ => Ok(()),
    }
}

/// Ends a co-host's part in a call.
pub async fn remove_host(tx: &mut Tx, call: CallId, host: &NamedHost, by: PersonId) -> Result<(), AppError> {
    let person = host.person;
    sqlx::query!("delete from call_hosts where call_id = $1 and person_id = $2", call as CallId, person as PersonId)
        .execute(&mut **tx)
        .await?;
    tx.record(Fact::HostDeparted { call, person, removed: person != by }).await?;
    if host.attends {
        tx.record(Fact::HostFreed { call, person }).await?;
    }
    Ok(())
}
