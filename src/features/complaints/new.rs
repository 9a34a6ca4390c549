//! `…/complaints/new`: reports what stands at the address before it. What it says is kept as it stood, and
//! administrators decide.

use super::seen::{Address, Seen, seen};
use super::store::{self, New};
use crate::domain::complaint::{Hindrance, Kind, may_complain};
use crate::domain::id::ComplaintId;
use crate::domain::text::Text;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::COMPLAINTS;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// The name of the drafts; their subject is what is reported.
const FORM: &str = "complaint";

#[derive(Template)]
#[template(path = "complaints/new.html")]
struct Page {
    frame: Frame,
    seen: Seen,
    /// What the reader said of it before.
    earlier: Option<ComplaintId>,
    fields: Fields,
    is_unsent: bool,
}

impl Page {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.seen.id)
    }

    fn kinds(&self) -> [Kind; 6] {
        Kind::ALL
    }

    fn hindrance(&self) -> Option<Hindrance> {
        may_complain(self.seen.is_own, self.seen.evidence.is_some(), self.earlier.is_some()).err()
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, address: &Address, fields: Fields) -> Result<Page, AppError> {
    let seen = seen(conn, address, &frame.asker).await?;
    let earlier = store::earlier(conn, frame.asker.id()?, &seen).await?;
    let page = Page { frame, seen, earlier, fields, is_unsent: false };
    match page.hindrance() {
        Some(Hindrance::Own) => Err(AppError::NotAllowed),
        _ => Ok(page),
    }
}

/// Asks what is wrong.
pub async fn get<P: Into<Address>>(frame: Frame, path: Path<P>) -> Answer {
    let mut read = frame.read().await?;
    let mut page = page(&mut read, frame, &path.into_inner().into(), Fields::default()).await?;
    let (me, now) = (page.frame.asker.id()?, page.frame.now);
    if let Some(draft) = drafts::find(&mut read, me, FORM, &page.seen.id.to_string(), now).await? {
        page.fields = draft.fields;
        page.is_unsent = true;
    }
    show(&page)
}

/// Reports. Tries are counted before the transaction: whoever counts inside of one holds two connections.
pub async fn post<P: Into<Address>>(frame: Frame, path: Path<P>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let body = fields.optional::<Text<4000>>("body").map(|body| body.as_str().to_owned());
    let kind = Kind::parse(fields.value("kind"));
    if kind.is_none() {
        fields.refuse("kind", Message::new("field-choice"));
    }
    if kind == Some(Kind::Other) && body.is_none() {
        fields.refuse("body", Message::new("field-missing"));
    }
    let counted = match fields.is_refused() {
        false => COMPLAINTS.take(&frame.platform, &me.to_string()).await,
        true => Ok(()),
    };
    let mut tx = frame.begin(&fields).await?;
    let mut page = page(&mut tx, frame, &path.into_inner().into(), fields).await?;
    if let Some(hindrance) = page.hindrance() {
        page.fields.refuse("body", Message::new(key(hindrance)));
        return show_with(StatusCode::CONFLICT, &page);
    }
    let (Some(kind), Some(evidence), false) = (kind, &page.seen.evidence, page.fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    counted?;
    let new = New { seen: &page.seen, reporter: me, kind, body: body.as_deref().unwrap_or_default(), evidence };
    let Some(id) = store::complain(&mut tx, new).await? else {
        page.fields.refuse("body", Message::new(key(Hindrance::Already)));
        return show_with(StatusCode::CONFLICT, &page);
    };
    drafts::delete(&mut tx, me, FORM, &page.seen.id.to_string()).await?;
    tx.see_other(format!("/complaints/{id}?said=sent")).await
}

fn key(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Already => "complaints-new-already",
        Hindrance::Own | Hindrance::Gone => "complaints-new-gone",
    }
}
