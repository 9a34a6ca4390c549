//! `/applications/{application}`: what was sent, what was asked and answered, where it stands. The
//! applicant answers, writes more, changes their text, or sends it again; a host sees what was before.

use super::inbox::stage_key;
use super::new;
use super::store::{self, Former, Past, Post, Seen};
use super::wishes::Offer;
use crate::domain::application::{Application, DeclineKind, Stage, end_of_day};
use crate::domain::call;
use crate::domain::id::{ApplicationId, CallId, PersonId};
use crate::domain::retention;
use crate::domain::text::Text;
use crate::features::{calls, people};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many, Revision};
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The name of the drafts of answers; their subject is the application.
const FORM: &str = "answer";
/// Messages of one application before its decision; who has more to say writes it into the text.
const MOST_POSTS: usize = 30;

#[derive(Template)]
#[template(path = "applications/show.html")]
struct Show {
    frame: Frame,
    seen: Seen,
    posts: Vec<Post>,
    former: Vec<Former>,
    past: Vec<PastLine>,
    /// Where the hosts reach the applicant; nothing to the applicant.
    email: Option<String>,
    fields: Fields,
    is_unsent: bool,
}

/// An application of the same person to a call of the same host.
struct PastLine {
    past: Past,
    call_title: String,
}

impl Show {
    fn stage(&self) -> Told {
        self.frame.t(stage_key(self.seen.application.stage, self.seen.is_host()))
    }

    fn application(&self) -> &Application {
        &self.seen.application
    }

    /// Until when whoever has the turn answers.
    fn until(&self) -> Option<DateTime<Utc>> {
        self.seen.application.due_at.or(self.seen.application.lapses_at())
    }

    fn is_against_rules(&self) -> bool {
        self.seen.application.decline == Some(DeclineKind::Rules)
    }

    fn is_waiting(&self) -> bool {
        self.seen.application.stage.is_waiting()
    }

    fn takes_answer(&self) -> bool {
        !self.seen.is_host() && self.seen.application.stage == Stage::Asked
    }

    /// Whether the applicant may write something more while the turn is not theirs.
    fn takes_message(&self) -> bool {
        !self.seen.is_host() && self.seen.application.write(self.seen.me).is_ok()
    }

    /// Whether the host may write something more to whoever was asked or waits.
    fn host_writes(&self) -> bool {
        self.seen.require_decision().is_ok() && self.seen.application.write(self.seen.me).is_ok()
    }

    fn past_stage(&self, line: &PastLine) -> Told {
        self.frame.t(stage_key(line.past.stage, true))
    }

    fn offer(&self) -> Offer {
        Offer::again(&self.seen)
    }

    /// Whether the form that changes it was refused.
    fn is_editing(&self) -> bool {
        self.fields.is_refused() && self.fields.value("act") == "edit"
    }

    fn takes_edits(&self) -> bool {
        !self.seen.is_host() && self.seen.application.takes_edits()
    }

    /// Whether the applicant may send it again, as far as it lies with the application.
    fn is_revivable(&self) -> bool {
        !self.seen.is_host() && self.seen.purged_at.is_none() && self.seen.application.may_be_revived()
    }

    fn may_revive(&self) -> bool {
        self.is_revivable() && self.seen.call.stage == call::Stage::Open
    }

    /// When and why there is nothing to read any more.
    fn purged(&self) -> Option<Told> {
        let day = self.frame.speech.day_of(self.seen.purged_at?);
        Some(
            match self.seen.application.consultation {
                None => self.frame.t("applications-show-purged").with("days", retention::APPLICATIONS.num_days()),
                Some(_) => self.frame.t("consultations-head-purged").with("days", retention::DOCUMENTS.num_days()),
            }
            .saying("day", day),
        )
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
    let draft = drafts::find(&mut read, seen.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let mut fields = draft.map(|draft| draft.fields).unwrap_or_default();
    fill(&mut fields, &seen);
    let posts = store::posts(&mut read, *id).await?;
    let former = store::former_summaries(&mut read, *id).await?;
    let past = past(&mut read, &seen).await?;
    let email = email(&mut read, &seen).await?;
    show(&Show { frame, seen, posts, former, past, email, fields, is_unsent })
}

/// Puts what is stored into the form that changes it.
fn fill(fields: &mut Fields, seen: &Seen) {
    fields.set("summary", seen.summary.as_str());
    fields.set("revision", seen.revision.to_string());
    seen.wishes.fill(fields);
}

/// What the reading host already knows of the applicant; nothing to the applicant.
async fn past(conn: &mut PgConnection, seen: &Seen) -> Result<Vec<PastLine>, AppError> {
    if !seen.is_host() {
        return Ok(Vec::new());
    }
    let calls = calls::of_host(&mut *conn, seen.me).await?;
    let ids: Vec<CallId> = calls.iter().map(|call| call.id).collect();
    let past = store::past(conn, seen, &ids).await?;
    let title = |id: CallId| calls.iter().find(|call| call.id == id).map_or(String::new(), |call| call.title.clone());
    Ok(past.into_iter().map(|past| PastLine { call_title: title(past.call), past }).collect())
}

async fn email(conn: &mut PgConnection, seen: &Seen) -> Result<Option<String>, AppError> {
    match seen.is_host() {
        true => Ok(Some(people::receiver(conn, seen.application.applicant).await?.address.as_str().to_owned())),
        false => Ok(None),
    }
}

/// Answers, changes what was sent, or sends it again.
pub async fn post(frame: Frame, id: Path<ApplicationId>, Many(fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_applicant()?;
    match fields.one_of("act", ["answer", "message", "edit", "revive"])? {
        "edit" => edit(frame, tx, seen, fields).await,
        "revive" => revive(frame, tx, seen, fields).await,
        "message" => message(frame, tx, seen, fields).await,
        _ => answer(frame, tx, seen, fields).await,
    }
}

fn due(frame: &Frame, seen: &Seen) -> DateTime<Utc> {
    end_of_day(frame.now, seen.call.reply_days.into(), seen.call.host_zone.0)
}

async fn answer(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields) -> Answer {
    let moved = seen.application.clone().answer(due(&frame, &seen), frame.now);
    let Some(body) = fields.required::<Text<8000>>("body") else {
        return refused(frame, tx, seen, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let Ok(moved) = moved else {
        fields.refuse("body", Message::new("applications-show-not_now"));
        return refused(frame, tx, seen, fields, StatusCode::CONFLICT).await;
    };
    store::add_post(&mut tx, seen.application.id, seen.me, body.as_str()).await?;
    drafts::delete(&mut tx, seen.me, FORM, &seen.application.id.to_string()).await?;
    store::save(&mut tx, moved).await?;
    tx.see_other(format!("{}?said=sent", seen.path(""))).await
}

/// Something more from the applicant, without any change of turn.
async fn message(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields) -> Answer {
    let Some(body) = fields.required::<Text<8000>>("body") else {
        return refused(frame, tx, seen, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let hindrance = match seen.application.write(seen.me) {
        Err(_) => Err("applications-show-not_now"),
        Ok(_) if store::posts(&mut tx, seen.application.id).await?.len() >= MOST_POSTS => {
            Err("applications-show-enough")
        }
        Ok(fact) => Ok(fact),
    };
    match hindrance {
        Ok(fact) => {
            store::add_post(&mut tx, seen.application.id, seen.me, body.as_str()).await?;
            drafts::delete(&mut tx, seen.me, FORM, &seen.application.id.to_string()).await?;
            tx.record(fact).await?;
            tx.see_other(format!("{}?said=sent", seen.path(""))).await
        }
        Err(key) => {
            fields.refuse("body", Message::new(key));
            refused(frame, tx, seen, fields, StatusCode::CONFLICT).await
        }
    }
}

/// Sending again is refused where applying would be.
async fn revive(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields) -> Answer {
    let moved = seen.application.clone().revive(due(&frame, &seen), frame.now);
    let hindrance = match new::hindrance(&mut tx, &seen.call, seen.me).await? {
        None => {
            let newer = store::active_on(&mut tx, seen.call.id, seen.me).await?;
            newer.map(|_| Message::new("applications-new-already"))
        }
        hindrance => hindrance,
    };
    match (moved, hindrance) {
        (Ok(moved), None) if seen.purged_at.is_none() => {
            store::save(&mut tx, moved).await?;
            new::wait_if_full(&mut tx, &seen.call, seen.application.id).await?;
            tx.see_other(format!("{}?said=sent", seen.path(""))).await
        }
        (moved, hindrance) => {
            let why = hindrance.filter(|_| moved.is_ok() && seen.purged_at.is_none());
            fields.refuse("revive", why.unwrap_or_else(|| Message::new("applications-show-not_now")));
            refused(frame, tx, seen, fields, StatusCode::CONFLICT).await
        }
    }
}

async fn edit(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields) -> Answer {
    if !seen.application.takes_edits() {
        fields.refuse("summary", Message::new("applications-show-not_now"));
        return refused(frame, tx, seen, fields, StatusCode::CONFLICT).await;
    }
    let (revision, summary) = (fields.required::<Revision>("revision"), fields.required::<Text<4000>>("summary"));
    let wishes = Offer::again(&seen).read(&mut fields);
    let (Some(Revision(revision)), Some(summary), Some(wishes)) = (revision, summary, wishes) else {
        return refused(frame, tx, seen, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if revision != seen.revision {
        fields.refuse("summary", Message::new("applications-show-stale"));
        fields.set("revision", seen.revision.to_string());
        return refused(frame, tx, seen, fields, StatusCode::CONFLICT).await;
    }
    store::replace(&mut tx, &seen, summary.as_str(), &wishes).await?;
    tx.see_other(format!("{}?said=saved", seen.path(""))).await
}

/// The page holds two forms: the one that was not sent stays as it is stored.
async fn refused(frame: Frame, mut tx: Tx, seen: Seen, mut fields: Fields, status: StatusCode) -> Answer {
    let id = seen.application.id;
    let draft = match fields.value("act") {
        "edit" => drafts::find(&mut tx, seen.me, FORM, &id.to_string(), frame.now).await?,
        _ => {
            fill(&mut fields, &seen);
            None
        }
    };
    let is_unsent = draft.is_some();
    if let Some(draft) = draft {
        fields.set("body", draft.fields.value("body"));
    }
    let posts = store::posts(&mut tx, id).await?;
    let former = store::former_summaries(&mut tx, id).await?;
    let past = past(&mut tx, &seen).await?;
    show_with(status, &Show { frame, seen, posts, former, past, email: None, fields, is_unsent })
}
