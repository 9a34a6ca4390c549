//! `/applications/{application}/abuse-report`: the host reports an application. It leaves the host's
//! list, what it said is kept as it stood, and administrators decide.

use super::store::{self, Evidence, Seen};
use crate::domain::abuse::Kind;
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the drafts of reports; their subject is the application.
const FORM: &str = "abuse-report";

#[derive(Template)]
#[template(path = "applications/abuse_report.html")]
struct AbuseReport {
    frame: Frame,
    seen: Seen,
    fields: Fields,
    is_unsent: bool,
}

impl AbuseReport {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.seen.application.id)
    }

    fn kinds(&self) -> [Kind; 5] {
        Kind::ALL
    }

    fn is_possible(&self) -> bool {
        self.seen.application.stage.is_waiting()
    }
}

/// Asks what is wrong.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_decision()?;
    let draft = drafts::find(&mut read, seen.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    show(&AbuseReport { frame, seen, fields: draft.map(|draft| draft.fields).unwrap_or_default(), is_unsent })
}

/// Reports, and takes no more applications of this person where the host says so.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_decision()?;
    let body = fields.optional::<Text<4000>>("body").map(|body| body.as_str().to_owned());
    let kind = Kind::parse(fields.value("kind"));
    if kind.is_none() {
        fields.refuse("kind", Message::new("field-choice"));
    }
    if kind == Some(Kind::Other) && body.is_none() {
        fields.refuse("body", Message::new("field-missing"));
    }
    let (Some(kind), false) = (kind, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &AbuseReport { frame, seen, fields, is_unsent: false });
    };
    let Ok(blocked) = seen.application.clone().block(frame.now) else {
        fields.refuse("body", Message::new("applications-show-not_now"));
        return show_with(StatusCode::CONFLICT, &AbuseReport { frame, seen, fields, is_unsent: false });
    };
    let former = store::former_summaries(&mut tx, *id).await?;
    let posts = store::posts(&mut tx, *id).await?;
    store::save(&mut tx, blocked).await?;
    drafts::delete(&mut tx, seen.me, FORM, &id.to_string()).await?;
    store::report(&mut tx, &seen, kind, body.as_deref().unwrap_or_default(), &Evidence::of(&seen, former, posts))
        .await?;
    if fields.has("block", "yes") {
        store::block_person(&mut tx, seen.call.owner, seen.application.applicant).await?;
    }
    tx.see_other("/applications?said=done").await
}
