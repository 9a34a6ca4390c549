//! `/applications/{application}`: what was sent, what was asked and answered, where it stands. The
//! applicant answers, changes their text, or sends it again.

use super::inbox::stage_key;
use super::store::{self, Former, Post, Seen};
use crate::domain::application::{Application, Moved, Stage, end_of_day};
use crate::domain::id::{ApplicationId, PersonId};
use crate::domain::text::Text;
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::Answer;
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the drafts of answers; their subject is the application.
const FORM: &str = "answer";

#[derive(Template)]
#[template(path = "applications/show.html")]
struct Show {
    frame: Frame,
    seen: Seen,
    posts: Vec<Post>,
    former: Vec<Former>,
    fields: Fields,
    is_unsent: bool,
}

impl Show {
    fn stage(&self) -> Told {
        self.frame.t(stage_key(self.seen.application.stage, self.seen.is_host()))
    }

    fn application(&self) -> &Application {
        &self.seen.application
    }

    fn is_waiting(&self) -> bool {
        self.seen.application.stage.is_waiting()
    }

    fn takes_answer(&self) -> bool {
        !self.seen.is_host() && self.seen.application.stage == Stage::Asked
    }

    fn takes_edits(&self) -> bool {
        !self.seen.is_host() && self.seen.application.takes_edits()
    }

    fn is_applicants(&self, author: &PersonId) -> bool {
        *author == self.seen.application.applicant
    }

    fn mood(&self) -> &'static str {
        match (self.seen.application.stage, self.seen.is_host()) {
            (Stage::Submitted, true) | (Stage::Asked, false) => "yours",
            (stage, _) if stage.is_waiting() => "theirs",
            _ => "nobody",
        }
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.seen.application.id)
    }
}

/// Shows the application.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    let draft = drafts::find(&mut read, seen.me, FORM, &id.to_string()).await?;
    let is_unsent = draft.is_some();
    let mut fields = draft.map(|draft| draft.fields).unwrap_or_default();
    fields.set("summary", seen.summary.as_str());
    fields.set("revision", seen.revision.to_string());
    let posts = store::posts(&mut read, *id).await?;
    let former = store::former_summaries(&mut read, *id).await?;
    show(&Show { frame, seen, posts, former, fields, is_unsent })
}

/// Answers, changes the text, or sends it again.
pub async fn post(frame: Frame, id: Path<ApplicationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_applicant()?;
    match fields.value("act") {
        "edit" => edit(frame, tx, seen, fields).await,
        "revive" => {
            let due = due(&frame, &seen);
            let moved = seen.application.clone().revive(due, frame.now);
            go_on(frame, tx, seen, fields, moved, "summary").await
        }
        _ => answer(frame, tx, seen, fields).await,
    }
}

fn due(frame: &Frame, seen: &Seen) -> chrono::DateTime<chrono::Utc> {
    end_of_day(frame.now, seen.call.reply_days.into(), seen.call.host_zone.0)
}

async fn answer(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields) -> Answer {
    let moved = seen.application.clone().answer(due(&frame, &seen), frame.now);
    let Some(body) = fields.required::<Text<8000>>("body") else {
        return refused(frame, tx, seen, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if moved.is_ok() {
        store::add_post(&mut tx, seen.application.id, seen.me, body.as_str()).await?;
        drafts::delete(&mut tx, seen.me, FORM, &seen.application.id.to_string()).await?;
    }
    go_on(frame, tx, seen, fields, moved, "body").await
}

async fn edit(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields) -> Answer {
    let (revision, summary) = (fields.required::<Revision>("revision"), fields.required::<Text<4000>>("summary"));
    let (Some(Revision(revision)), Some(summary)) = (revision, summary) else {
        return refused(frame, tx, seen, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if !seen.application.takes_edits() {
        fields.refuse("summary", Message::new("applications-show-not_now"));
        return refused(frame, tx, seen, fields, StatusCode::CONFLICT).await;
    }
    if revision != seen.revision {
        fields.refuse("summary", Message::new("applications-show-stale"));
        fields.set("revision", seen.revision.to_string());
        return refused(frame, tx, seen, fields, StatusCode::CONFLICT).await;
    }
    store::replace_summary(&mut tx, &seen, summary.as_str()).await?;
    tx.see_other(format!("{}?said=saved", seen.path(""))).await
}

async fn go_on(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields, moved: Moved, field: &str) -> Answer {
    match moved {
        Ok(moved) => {
            store::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=sent", seen.path(""))).await
        }
        Err(_) => {
            fields.refuse(field, Message::new("applications-show-not_now"));
            refused(frame, tx, seen, fields, StatusCode::CONFLICT).await
        }
    }
}

async fn refused(frame: Frame, mut tx: Tx, seen: Seen, fields: Fields, status: StatusCode) -> Answer {
    let posts = store::posts(&mut tx, seen.application.id).await?;
    let former = store::former_summaries(&mut tx, seen.application.id).await?;
    show_with(status, &Show { frame, seen, posts, former, fields, is_unsent: false })
}
