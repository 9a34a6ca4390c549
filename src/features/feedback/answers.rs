//! `/consultations/{consultation}/answers`: what the participants said, by question. For the hosts
//! alone; what is for administrators alone is not here.

use super::asked;
use super::store::{self, Form};
use crate::domain::access::Act;
use crate::domain::feedback::{ABOUT_GAPS, FollowUpStage, QUESTIONS, Stage};
use crate::domain::id::{ConsultationId, FeedbackId};
use crate::domain::improvement::FROM_QUESTIONS;
use crate::features::consultations::{self, Head, Room};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "feedback/answers.html")]
struct Answers {
    frame: Frame,
    room: Room,
    forms: Vec<Form>,
    /// Forms whose answer about what was missing may be taken up.
    open: Vec<FeedbackId>,
    /// Answers that became a change already.
    improved: Vec<(FeedbackId, i32)>,
}

/// The version of a form and its own words.
type Version<'a> = (i32, Option<&'a [String]>);

fn version(form: &Form) -> Version<'_> {
    (form.version, form.wording.as_deref())
}

/// A question with everyone's answers.
struct Asked {
    text: String,
    answers: Vec<Said>,
}

/// One answer.
struct Said {
    name: String,
    lang: &'static str,
    body: String,
    is_quoted: bool,
    /// Whether they talked since, and are asked once more.
    is_earlier: bool,
    /// The form, where its answer may become a follow-up.
    follow_up_of: Option<FeedbackId>,
    /// Where the answer becomes a change.
    improvement: Option<String>,
    is_improved: bool,
}

impl Answers {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-answers-title"), "/answers")
    }

    /// By the questions of each form's own version.
    fn asked(&self) -> Vec<Asked> {
        let mut versions: Vec<Version<'_>> = self.forms.iter().map(version).collect();
        versions.sort_unstable();
        versions.dedup();
        let all = versions.into_iter().flat_map(|version| (1..=QUESTIONS).map(move |number| (version, number)));
        all.map(|(version, number)| self.question(version, number)).filter(|asked| !asked.answers.is_empty()).collect()
    }

    fn question(&self, own: Version<'_>, number: i32) -> Asked {
        let said = |form: &Form| {
            let answer = form.answers.iter().find(|a| a.question == number && !a.administrators_only)?;
            Some(Said {
                name: form.name.clone(),
                lang: form.locale.as_str(),
                body: answer.body.clone(),
                is_quoted: answer.is_quoted,
                is_earlier: form.feedback.is_asked_again(),
                follow_up_of: (number == ABOUT_GAPS && self.open.contains(&form.feedback.id))
                    .then_some(form.feedback.id),
                improvement: FROM_QUESTIONS.contains(&number).then(|| self.improvement_path(form, number)),
                is_improved: self.improved.contains(&(form.feedback.id, number)),
            })
        };
        Asked {
            text: asked(self.frame.speech, own.0, own.1, number),
            answers: self.forms.iter().filter(|form| version(form) == own).filter_map(said).collect(),
        }
    }

    fn improvement_path(&self, form: &Form, number: i32) -> String {
        let call = self.room.consultation.call;
        format!("/calls/{call}/improvements?feedback={}&question={number}", form.feedback.id)
    }

    fn count(&self, of: fn(Stage) -> bool) -> usize {
        self.forms.iter().filter(|form| of(form.feedback.stage)).count()
    }

    fn answered(&self) -> usize {
        self.count(Stage::has_answers)
    }

    fn may_owe(&self) -> bool {
        self.room.may(Act::OweFollowUp) && self.may_close()
    }

    fn may_close(&self) -> bool {
        super::follow_ups::takes_new(self.room.stage())
    }
}

/// Shows the answers.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    room.require(Act::ReadAnswers)?;
    let forms = store::forms(&mut read, *id).await?;
    let open = open(&mut read, &room, &forms).await?;
    let improved = store::improved(&mut read, *id).await?;
    show(&Answers { frame, room, forms, open, improved })
}

/// Where nothing is promised yet, or was let go, and whoever answered would read it.
async fn open(conn: &mut PgConnection, room: &Room, forms: &[Form]) -> Result<Vec<FeedbackId>, AppError> {
    let guests = super::follow_ups::guests(conn, room).await?;
    let suggested = store::suggested(conn, room.id()).await?;
    let follow_ups = store::follow_ups(conn, room.id()).await?;
    let is_promised =
        |id: FeedbackId| follow_ups.iter().any(|f| f.feedback == Some(id) && f.stage != FollowUpStage::Dropped);
    let is_open = |id: FeedbackId| suggested.iter().any(|s| s.feedback == id) || !is_promised(id);
    let present = forms.iter().filter(|form| super::follow_ups::is_among(&guests, form.person));
    Ok(present.map(|form| form.feedback.id).filter(|id| is_open(*id)).collect())
}
