//! `/admin/calls` and `/admin/calls/{call}`: keeping a call from the public for abuse, closing it, giving it back.

use crate::domain::hosting::{Giver, may_give};
use crate::domain::id::{CallId, PersonId};
use crate::domain::text::Text;
use crate::features::calls::{self, Call, Suspension, Watched};
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

/// Rows of the list.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "admin/calls.html")]
struct Calls {
    frame: Frame,
    search: String,
    calls: Vec<Watched>,
}

/// Lists calls that were ever public.
pub async fn index(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let search: String = frame.asked("search").trim().chars().take(100).collect();
    let calls = calls::watched(&mut read, &search, MOST).await?;
    show(&Calls { frame, search, calls })
}

#[derive(Template)]
#[template(path = "admin/call.html")]
struct CallPage {
    frame: Frame,
    call: Call,
    suspension: Option<Suspension>,
    /// Owner first, then co-hosts.
    hosts: Vec<(PersonId, String)>,
    owner_is_disabled: bool,
    fields: Fields,
}

impl CallPage {
    fn path(&self) -> String {
        format!("/admin/calls/{}", self.call.id)
    }

    /// Whom the call can be given to: its owner cannot give it away any more.
    fn followers(&self) -> &[(PersonId, String)] {
        match may_give(Giver::Administrator, self.owner_is_disabled) {
            true => self.hosts.get(1..).unwrap_or_default(),
            false => &[],
        }
    }

    fn may_close(&self) -> bool {
        self.call.stage.close(self.call.id).is_ok()
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, call: Call, fields: Fields) -> Result<CallPage, AppError> {
    let suspension = calls::suspension(&mut *conn, call.id).await?;
    let mut hosts = Vec::new();
    for host in calls::hosts(&mut *conn, call.id).await? {
        hosts.push((host.person, people::receiver(&mut *conn, host.person).await?.name));
    }
    let owner_is_disabled = people::is_disabled(conn, call.owner).await?;
    Ok(CallPage { frame, call, suspension, hosts, owner_is_disabled, fields })
}

/// Shows the call and who hosts it.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = public(&mut read, *id).await?;
    show(&page(&mut read, frame, call, Fields::default()).await?)
}

/// A draft is its hosts' alone.
async fn public(conn: &mut PgConnection, id: CallId) -> Result<Call, AppError> {
    let call = calls::find(conn, id).await?.ok_or(AppError::NotFound)?;
    if call.stage.is_public() { Ok(call) } else { Err(AppError::NotFound) }
}

/// Suspends, closes or restores; asks a co-host to follow an owner who cannot ask any more.
pub async fn post(frame: Frame, id: Path<CallId>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    calls::locked(&mut tx, *id).await?;
    let call = public(&mut tx, *id).await?;
    let done = match fields.one_of("act", ["suspend", "restore", "close", "give"])? {
        "give" => return give(tx, frame, call, me, fields).await,
        "restore" => calls::restore(&mut tx, *id).await?,
        act => match fields.required::<Text<2000>>("reason") {
            Some(reason) if act == "suspend" => calls::suspend(&mut tx, &call, me, reason.as_str()).await?,
            Some(reason) => calls::closure::shut(&mut tx, &call, me, reason.as_str()).await?,
            None => return refused(tx, frame, call, fields, StatusCode::UNPROCESSABLE_ENTITY).await,
        },
    };
    match done {
        true => tx.see_other(format!("/admin/calls/{id}?said=done")).await,
        false => {
            fields.refuse("reason", Message::new("admin-call-not_now"));
            refused(tx, frame, call, fields, StatusCode::CONFLICT).await
        }
    }
}

async fn give(mut tx: Tx, frame: Frame, call: Call, me: PersonId, mut fields: Fields) -> Answer {
    let is_disabled = people::is_disabled(&mut tx, call.owner).await?;
    let hosts = calls::hosts(&mut tx, call.id).await?;
    let to = hosts.iter().map(|host| host.person).find(|host| host.to_string() == fields.value("person"));
    let Some(to) = to.filter(|to| *to != call.owner && may_give(Giver::Administrator, is_disabled)) else {
        fields.refuse("person", Message::new("admin-call-give_not_now"));
        return refused(tx, frame, call, fields, StatusCode::CONFLICT).await;
    };
    calls::transfer::ask(&mut tx, &call, to, me, (Giver::Administrator, is_disabled)).await?;
    tx.see_other(format!("/admin/calls/{}?said=sent", call.id)).await
}

async fn refused(tx: Tx, frame: Frame, call: Call, fields: Fields, status: StatusCode) -> Answer {
    drop(tx);
    let mut read = frame.read().await?;
    show_with(status, &page(&mut read, frame, call, fields).await?)
}
