//! `/calls/{call}/hosts`: who hosts the call. Its owner invites by mail, gives and takes rights, and
//! removes; a co-host leaves.

use super::store::{self, Hosted, Invited, NamedHost, Rights};
use crate::domain::hosting::HostAct;
use crate::domain::id::{CallId, HostInvitationId};
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::limit::table::HOST_INVITATIONS;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// At most this many people host one call.
pub const MOST_HOSTS: usize = 10;

#[derive(Template)]
#[template(path = "calls/hosts.html")]
struct Hosts {
    frame: Frame,
    hosted: Hosted,
    hosts: Vec<NamedHost>,
    invited: Vec<Invited>,
    fields: Fields,
}

impl Hosts {
    fn path(&self) -> String {
        path(self.hosted.call.id)
    }

    fn may_choose(&self) -> bool {
        self.hosted.may(HostAct::ChooseHosts)
    }

    fn may_leave(&self) -> bool {
        self.hosted.may(HostAct::Leave)
    }

    fn may_invite(&self) -> bool {
        self.may_choose() && self.hosts.len() < MOST_HOSTS
    }

    /// Co-hosts whom the asker can change or remove.
    fn is_mine_to_choose(&self, host: &NamedHost) -> bool {
        self.may_choose() && host.person != self.hosted.call.owner
    }

    fn part(&self, host: &NamedHost) -> Told {
        let is_owner = host.person == self.hosted.call.owner;
        self.frame.t(if is_owner { "consultations-part-host" } else { "consultations-part-co_host" })
    }

    fn decides(&self, may: &bool) -> Told {
        self.frame.t(if *may { "calls-hosts-may_decide" } else { "calls-hosts-may_not_decide" })
    }

    fn attends(&self, attends: &bool) -> Told {
        self.frame.t(if *attends { "calls-hosts-attends" } else { "calls-hosts-attends_not" })
    }
}

fn path(call: CallId) -> String {
    format!("/calls/{call}/hosts")
}

/// Shows the hosts.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let hosted = store::for_reader_of_hosts(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, hosted, Fields::of(&[("attends", "yes")])).await?)
}

/// Invites, changes, removes, takes an invitation back; leaves.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    // Whoever may not see the page learns nothing of its form either.
    store::for_host(&mut *frame.read().await?, *id, &frame.asker).await?;
    let act = fields.one_of("act", ["", "invite", "change", "remove", "revoke", "leave"])?;
    let rights = Rights { may_decide: is_ticked(&fields, "may_decide")?, attends: is_ticked(&fields, "attends")? };
    if matches!(act, "" | "invite") {
        return invite(frame, *id, fields, rights).await;
    }
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    if act == "leave" {
        hosted.require(HostAct::Leave)?;
        return leave(frame, tx, hosted).await;
    }
    hosted.require(HostAct::ChooseHosts)?;
    match act {
        "change" => change(frame, tx, hosted, fields, rights).await,
        "remove" => remove(frame, tx, hosted, fields).await,
        _ => revoke(frame, tx, hosted, fields).await,
    }
}

fn is_ticked(fields: &Fields, name: &str) -> Result<bool, AppError> {
    Ok(fields.one_of(name, ["", "yes"])? == "yes")
}

/// Tries are counted before the transaction: whoever counts inside of one holds two connections.
async fn invite(frame: Frame, id: CallId, mut fields: Fields, rights: Rights) -> Answer {
    let address = fields.required::<EmailAddress>("email");
    let counted = match address {
        Some(_) => HOST_INVITATIONS.take(&frame.platform, &frame.asker.id()?.to_string()).await,
        None => Ok(()),
    };
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, id, &frame.asker).await?;
    hosted.require(HostAct::ChooseHosts)?;
    let Some(address) = address else {
        return refused(frame, tx, hosted, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    match counted {
        Err(AppError::TooMany { retry_after_seconds }) => {
            let hours = retry_after_seconds.div_euclid(3600) + 1;
            let message = Message::new("consultations-participants-too_many");
            fields.refuse("email", message.with("most", HOST_INVITATIONS.most(&mut tx).await?).with("hours", hours));
            return refused(frame, tx, hosted, fields, StatusCode::TOO_MANY_REQUESTS).await;
        }
        counted => counted?,
    }
    let own = frame.person().is_some_and(|person| person.email.to_lowercase() == address.folded());
    let refusal = match (own, store::hosts(&mut tx, id).await?.len() >= MOST_HOSTS) {
        (true, _) => Some(Message::new("calls-hosts-is_you")),
        (false, full) => full.then(|| Message::new("calls-hosts-full").with("most", MOST_HOSTS)),
    };
    if let Some(refusal) = refusal {
        fields.refuse("email", refusal);
        return refused(frame, tx, hosted, fields, StatusCode::CONFLICT).await;
    }
    store::invite(&mut tx, id, &address, rights, hosted.call.owner).await?;
    tx.see_other(format!("{}?said=sent", path(id))).await
}

async fn change(frame: Frame, mut tx: Tx, hosted: Hosted, mut fields: Fields, rights: Rights) -> Answer {
    let call = hosted.call.id;
    let Some(host) = named(&mut tx, &hosted, &fields).await? else { return is_out(frame, tx, hosted, fields).await };
    let before = Rights { may_decide: host.may_decide, attends: host.attends };
    let (later, now) = (frame.platform.later, frame.now);
    let taken = match (before.attends, rights.attends) {
        (false, true) => (later.commit_host)(&mut tx, call, host.person, now).await?,
        (true, false) => (later.free_host)(&mut tx, call, host.person, now).await.map(|()| None)?,
        _ => None,
    };
    if let Some(time) = taken {
        drop(tx);
        let mut tx = frame.begin(&Fields::default()).await?;
        let hosted = store::for_host_update(&mut tx, call, &frame.asker).await?;
        let when = frame.speech.span(time.start(), time.end());
        fields.refuse("person", Message::new("calls-hosts-taken").with("name", host.name).with("when", when));
        return refused(frame, tx, hosted, fields, StatusCode::CONFLICT).await;
    }
    if before != rights {
        store::change_host(&mut tx, call, host.person, (before, rights)).await?;
    }
    tx.see_other(format!("{}?said=saved", path(call))).await
}

async fn remove(frame: Frame, mut tx: Tx, hosted: Hosted, fields: Fields) -> Answer {
    let call = hosted.call.id;
    let Some(host) = named(&mut tx, &hosted, &fields).await? else { return is_out(frame, tx, hosted, fields).await };
    (frame.platform.later.free_host)(&mut tx, call, host.person, frame.now).await?;
    store::remove_host(&mut tx, call, &host, frame.asker.id()?).await?;
    store::revoke_invitations_of(&mut tx, call, host.person).await?;
    tx.see_other(format!("{}?said=done", path(call))).await
}

async fn leave(frame: Frame, mut tx: Tx, hosted: Hosted) -> Answer {
    let (call, me) = (hosted.call.id, frame.asker.id()?);
    (frame.platform.later.free_host)(&mut tx, call, me, frame.now).await?;
    let hosts = store::named_hosts(&mut tx, call).await?;
    let host = hosts.iter().find(|host| host.person == me).ok_or(AppError::NotFound)?;
    store::remove_host(&mut tx, call, host, me).await?;
    tx.see_other("/home?said=done").await
}

async fn revoke(frame: Frame, mut tx: Tx, hosted: Hosted, mut fields: Fields) -> Answer {
    let call = hosted.call.id;
    let invitation: HostInvitationId = fields.value("invitation").parse().map_err(|_| AppError::NotFound)?;
    match store::revoke_invitation(&mut tx, call, invitation).await? {
        true => tx.see_other(format!("{}?said=done", path(call))).await,
        false => {
            fields.refuse("person", Message::new("calls-hosts-spent"));
            refused(frame, tx, hosted, fields, StatusCode::CONFLICT).await
        }
    }
}

/// The co-host who is meant; nobody else than those who host the call, and not its owner.
async fn named(tx: &mut Tx, hosted: &Hosted, fields: &Fields) -> Result<Option<NamedHost>, AppError> {
    let hosts = store::named_hosts(tx, hosted.call.id).await?;
    let others = hosts.into_iter().filter(|host| host.person != hosted.call.owner);
    Ok(others.into_iter().find(|host| host.person.to_string() == fields.value("person")))
}

/// Who left meanwhile is told of like somebody who never hosted it.
async fn is_out(frame: Frame, tx: Tx, hosted: Hosted, mut fields: Fields) -> Answer {
    fields.refuse("person", Message::new("calls-hosts-is_out"));
    refused(frame, tx, hosted, fields, StatusCode::CONFLICT).await
}

async fn refused(frame: Frame, mut tx: Tx, hosted: Hosted, fields: Fields, status: StatusCode) -> Answer {
    show_with(status, &page(&mut tx, frame, hosted, fields).await?)
}

async fn page(conn: &mut PgConnection, frame: Frame, hosted: Hosted, fields: Fields) -> Result<Hosts, AppError> {
    let hosts = store::named_hosts(conn, hosted.call.id).await?;
    let invited = match hosted.may(HostAct::ChooseHosts) {
        true => store::invited(conn, hosted.call.id, frame.now).await?,
        false => Vec::new(),
    };
    Ok(Hosts { frame, hosted, hosts, invited, fields })
}
