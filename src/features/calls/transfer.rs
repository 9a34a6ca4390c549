//! `/calls/{call}/transfer`: the owner asks a co-host to take the call over, and the co-host answers. With
//! the call go its consultations, reports and their series; times follow the hours of the new owner.

use super::store::{self, Call, Hosted, NamedHost, Rights, Transfer};
use crate::domain::consultation::Part;
use crate::domain::fact::Fact;
use crate::domain::hosting::{Giver, HostAct, may_give};
use crate::domain::id::{CallId, PersonId};
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "calls/transfer.html")]
struct Page {
    frame: Frame,
    call: Call,
    /// Whom the owner can ask.
    others: Vec<NamedHost>,
    transfer: Option<Transfer>,
    /// Whether the reader is the one who was asked, and not the owner.
    is_asked: bool,
    fields: Fields,
}

impl Page {
    fn is_by_owner(&self) -> bool {
        self.transfer.as_ref().is_some_and(|transfer| transfer.is_by_owner)
    }

    fn path(&self) -> String {
        path(self.call.id)
    }

    fn is_owner(&self) -> bool {
        self.frame.person().is_some_and(|person| person.id == self.call.owner)
    }
}

fn path(call: CallId) -> String {
    format!("/calls/{call}/transfer")
}

/// Shows what handing over means, or what was asked.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let hosted = store::for_host(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, hosted, Fields::default()).await?)
}

/// Asks, takes back; accepts or says no.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = store::for_host_update(&mut tx, *id, &frame.asker).await?;
    let (me, transfer) = (frame.asker.id()?, store::transfer(&mut tx, *id, frame.now).await?);
    let act = fields.one_of("act", ["ask", "withdraw", "accept", "decline"])?;
    if matches!(act, "ask" | "withdraw") {
        hosted.require(HostAct::HandOver)?;
    } else if hosted.may(HostAct::HandOver) || transfer.as_ref().is_some_and(|transfer| transfer.to != me) {
        return Err(AppError::NotAllowed);
    }
    match (act, transfer) {
        ("ask", _) => by_owner(frame, tx, hosted, fields).await,
        (_, None) => refused(frame, tx, hosted, fields, Message::new("calls-transfer-over")).await,
        ("withdraw", Some(transfer)) => {
            store::end_transfer(&mut tx, *id, Fact::CallOfferWithdrawn { call: *id, person: transfer.to }).await?;
            tx.see_other(format!("{}?said=done", path(*id))).await
        }
        ("decline", _) => {
            store::end_transfer(&mut tx, *id, Fact::CallOfferDeclined { call: *id, person: me }).await?;
            tx.see_other("/calls?said=done").await
        }
        _ => accept(frame, tx, hosted, fields).await,
    }
}

async fn by_owner(frame: Frame, mut tx: Tx, hosted: Hosted, fields: Fields) -> Answer {
    let others = others(&mut tx, &hosted.call).await?;
    let to = others.iter().find(|host| host.person.to_string() == fields.value("person")).map(|host| host.person);
    let Some(to) = to else { return refused(frame, tx, hosted, fields, Message::new("calls-hosts-is_out")).await };
    let me = frame.asker.id()?;
    ask(&mut tx, &hosted.call, to, me, (Giver::Host(Part::Host), false)).await?;
    tx.see_other(format!("{}?said=sent", path(hosted.call.id))).await
}

/// Asks a co-host to take a call over: for its owner, and for an administrator once the owner's account is
/// disabled.
pub async fn ask(
    tx: &mut Tx,
    call: &Call,
    to: PersonId,
    by: PersonId,
    (giver, owner_is_disabled): (Giver, bool),
) -> Result<(), AppError> {
    let is_host = others(tx, call).await?.iter().any(|host| host.person == to);
    if !may_give(giver, owner_is_disabled) || !is_host {
        return Err(AppError::NotAllowed);
    }
    store::ask_to_take_over(tx, call.id, to, by).await
}

async fn accept(frame: Frame, mut tx: Tx, hosted: Hosted, mut fields: Fields) -> Answer {
    let (call, me) = (hosted.call.id, frame.asker.id()?);
    if !people::holds_grant_still(&mut tx, me).await? {
        return refused(frame, tx, hosted, fields, Message::new("calls-transfer-no_grant")).await;
    }
    let attends = hosted.mine.is_some_and(|mine| mine.attends);
    let taken = match attends {
        true => None,
        false => (frame.platform.later.commit_host)(&mut tx, call, me, frame.now).await?,
    };
    if let Some(time) = taken {
        // What was written until then goes with the transaction, and the question waits on.
        drop(tx);
        let mut read = frame.read().await?;
        let when = frame.speech.span(time.start(), time.end());
        fields.refuse("person", Message::new("calls-transfer-taken").with("when", when));
        return show_with(StatusCode::CONFLICT, &page(&mut read, frame, hosted, fields).await?);
    }
    store::hand_over(&mut tx, &hosted.call, me).await?;
    free_the_absent(&frame, &mut tx, call, hosted.call.owner).await?;
    if !attends {
        tx.record(Fact::HostCommitted { call, person: me }).await?;
    }
    tx.see_other("/calls?said=done").await
}

/// A former owner whose account is closed comes to no session: their times are theirs again.
async fn free_the_absent(frame: &Frame, tx: &mut Tx, call: CallId, former: PersonId) -> Result<(), AppError> {
    let hosts = store::hosts(tx, call).await?;
    let Some(host) = hosts.iter().find(|host| host.person == former && host.attends) else { return Ok(()) };
    if !people::is_disabled(tx, former).await? {
        return Ok(());
    }
    (frame.platform.later.free_host)(tx, call, former, frame.now).await?;
    let before = Rights { may_decide: host.may_decide, attends: true };
    store::change_host(tx, call, former, (before, Rights { attends: false, ..before })).await
}

async fn others(conn: &mut PgConnection, call: &Call) -> Result<Vec<NamedHost>, AppError> {
    let hosts = store::named_hosts(conn, call.id).await?;
    Ok(hosts.into_iter().filter(|host| host.person != call.owner).collect())
}

async fn refused(frame: Frame, mut tx: Tx, hosted: Hosted, mut fields: Fields, refusal: Message) -> Answer {
    fields.refuse("person", refusal);
    show_with(StatusCode::CONFLICT, &page(&mut tx, frame, hosted, fields).await?)
}

/// The page for the owner, and for whoever was asked; other co-hosts have nothing to do here.
async fn page(conn: &mut PgConnection, frame: Frame, hosted: Hosted, fields: Fields) -> Result<Page, AppError> {
    let transfer = store::transfer(conn, hosted.call.id, frame.now).await?;
    let is_asked = transfer.as_ref().is_some_and(|transfer| Some(transfer.to) == frame.person().map(|p| p.id));
    if !is_asked && !fields.is_refused() {
        hosted.require(HostAct::HandOver)?;
    }
    let others = others(conn, &hosted.call).await?;
    Ok(Page { frame, call: hosted.call, others, transfer, is_asked, fields })
}
