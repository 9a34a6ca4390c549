//! `/consultations/{consultation}/feedback`: six open questions for everyone who took part. One form
//! each, nothing is quoted without the participant's tick.

use super::asked;
use super::opening::LockAnswers;
use super::store::{self, Form, Given};
use crate::domain::access::Act;
use crate::domain::consultation::Stage as ConsultationStage;
use crate::domain::fact::Fact;
use crate::domain::feedback::{ABOUT_ACTIONS, ABOUT_CONDUCT, CHANGES_FOR, FORM_VERSION, QUESTIONS, Stage};
use crate::domain::id::ConsultationId;
use crate::domain::text::Text;
use crate::features::consultations::{self, Head, Room};
use crate::features::sessions;
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::Message;
use crate::platform::jobs::NewJob;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

const FORM: &str = "feedback";

#[derive(Template)]
#[template(path = "feedback/form.html")]
struct Page {
    frame: Frame,
    room: Room,
    form: Option<Form>,
    fields: Fields,
    /// What is shown came from a draft that was not sent.
    is_unsent: bool,
    /// The act that was tried and is not possible.
    is_refused: bool,
    /// Answers sent from another window, where they differ from what was typed here.
    theirs: Vec<(String, String)>,
    /// The call's own words, for a form that nobody made yet.
    wording: Option<Vec<String>>,
    /// Whether answer 3 is among the actions already.
    is_in_actions: bool,
}

/// A question as the page asks it.
struct Question {
    number: i32,
    text: String,
    answer: String,
    quote: String,
    is_quoted: bool,
}

impl Page {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-form-title"), "/feedback")
    }

    fn stage(&self) -> Stage {
        self.form.as_ref().map_or(Stage::Invited, |form| form.feedback.stage)
    }

    fn is_opened(&self) -> bool {
        is_opened(self.room.stage(), self.form.as_ref())
    }

    fn takes_answers(&self) -> bool {
        self.is_opened() && (self.stage().is_open() || self.takes_changes())
    }

    fn takes_changes(&self) -> bool {
        self.form.as_ref().is_some_and(|form| form.feedback.takes_changes(self.frame.now))
    }

    fn changes_until(&self) -> Option<DateTime<Utc>> {
        self.form.as_ref().and_then(|form| form.feedback.changes_until())
    }

    fn is_asked_again(&self) -> bool {
        self.form.as_ref().is_some_and(|form| form.feedback.is_asked_again())
    }

    /// Whether they may say that they would rather not.
    fn may_skip(&self) -> bool {
        !self.takes_changes() || self.is_asked_again()
    }

    fn revision(&self) -> i32 {
        self.form.as_ref().map_or(0, |form| form.revision)
    }

    fn questions(&self) -> Vec<Question> {
        let given = self.form.as_ref().map(|form| form.answers.as_slice()).unwrap_or_default();
        let question = |number: i32| Question {
            number,
            text: self.asked(number),
            answer: format!("answer{number}"),
            quote: format!("quote{number}"),
            is_quoted: given.iter().any(|g| g.question == number && g.is_quoted),
        };
        (1..=QUESTIONS).map(question).collect()
    }

    fn asked(&self, number: i32) -> String {
        match &self.form {
            Some(form) => asked(self.frame.speech, form.version, form.wording.as_deref(), number),
            None => asked(self.frame.speech, FORM_VERSION, self.wording.as_deref(), number),
        }
    }

    /// Own words are in the language that they were written in.
    fn question_lang(&self) -> &'static str {
        self.form.as_ref().filter(|form| form.wording.is_some()).map_or(self.frame.lang(), |form| form.locale.as_str())
    }

    /// Answer 3, where it may become a next action of its own person.
    fn may_become_action(&self) -> bool {
        self.form.as_ref().and_then(action).is_some() && !self.is_in_actions
    }

    /// What was typed or sent, where there is no form to hold it any more.
    fn kept(&self) -> Vec<(String, String)> {
        let answered = |q: Question| (q.text, self.fields.value(&q.answer).to_owned());
        self.questions().into_iter().map(answered).filter(|(_, text)| !text.trim().is_empty()).collect()
    }

    fn is_about_conduct(&self, number: &i32) -> bool {
        *number == ABOUT_CONDUCT
    }
}

/// Shows the form with what was typed before, or what was sent.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    room.require(Act::GiveFeedback)?;
    let form = store::mine(&mut read, *id, room.me).await?;
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string(), frame.now).await?;
    let is_unsent = draft.is_some();
    let fields = draft.map(|d| d.fields).unwrap_or_else(|| form.as_ref().map(filled).unwrap_or_default());
    let wording = store::current(&mut read, *id, frame.speech.locale).await?;
    let is_in_actions = is_in_actions(&mut read, &room, form.as_ref()).await?;
    let theirs = Vec::new();
    show(&Page { frame, room, form, fields, is_unsent, is_refused: false, theirs, wording, is_in_actions })
}

/// What a person says that they will do, as the line of an action.
fn action(form: &Form) -> Option<String> {
    const LONGEST: usize = 300;
    let answer =
        form.answers.iter().find(|a| a.question == ABOUT_ACTIONS).filter(|_| form.feedback.stage.has_answers())?;
    let line = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.chars().take(LONGEST).collect())
}

async fn is_in_actions(conn: &mut PgConnection, room: &Room, form: Option<&Form>) -> Result<bool, AppError> {
    let Some(what) = form.and_then(action) else { return Ok(false) };
    let all = sessions::actions(conn, room.id()).await?;
    Ok(all.iter().any(|owned| owned.action.owner == room.me && owned.action.what == what))
}

/// Answer 3 becomes a next action, once.
async fn add_action(mut tx: Tx, frame: Frame, room: Room, form: Form, fields: Fields) -> Answer {
    let Some(what) = action(&form) else { return refused(frame, room, Some(form), fields) };
    if !is_in_actions(&mut tx, &room, Some(&form)).await? {
        sessions::add_action(&mut tx, room.id(), room.me, &what, None, room.me).await?;
    }
    tx.see_other(format!("{}?said=saved", room.path("/actions"))).await
}

/// Sends the answers, keeps them for later, or declines to answer.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::GiveFeedback)?;
    let form = opened(&mut tx, &frame, &room).await?;
    let Some(form) = form else { return refused(frame, room, None, fields) };
    match fields.one_of("act", ["", "submit", "keep", "skip", "action"])? {
        "keep" => keep(tx, frame, room, form, fields).await,
        "skip" => skip(tx, frame, room, form, fields).await,
        "action" => add_action(tx, frame, room, form, fields).await,
        _ => {
            let revision = fields.required::<Revision>("revision");
            let answers = answers(&mut fields);
            if fields.is_refused() {
                return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(frame, room, form, fields));
            }
            if revision != Some(Revision(form.revision)) && form.feedback.takes_changes(frame.now) {
                return show_with(StatusCode::CONFLICT, &stale(frame, room, form, fields));
            }
            submit(tx, frame, room, form, fields, answers).await
        }
    }
}

async fn submit(mut tx: Tx, frame: Frame, room: Room, form: Form, fields: Fields, answers: Vec<Given>) -> Answer {
    let Ok((feedback, fact)) = form.feedback.submit(frame.now) else {
        return refused(frame, room, Some(form), fields);
    };
    let again = form.feedback.is_asked_again().then_some(frame.now);
    if feedback.stage == Stage::Submitted || again.is_some() {
        tx.enqueue(NewJob::at(LockAnswers { feedback: feedback.id, again }, frame.now + CHANGES_FOR)).await?;
    }
    store::save(&mut tx, &feedback).await?;
    store::replace_answers(&mut tx, feedback.id, &answers).await?;
    store::outdate_quotes(&mut tx, feedback.id).await?;
    for answer in answers.iter().filter(|answer| answer.is_quoted) {
        if let Some(quote) = store::grant(&mut tx, feedback.id, answer).await? {
            tx.record(Fact::QuoteGranted { quote }).await?;
        }
    }
    tx.record(fact).await?;
    drafts::delete(&mut tx, room.me, FORM, &room.id().to_string()).await?;
    tx.see_other(format!("{}?said=sent", room.path("/feedback"))).await
}

async fn keep(mut tx: Tx, frame: Frame, room: Room, form: Form, fields: Fields) -> Answer {
    drafts::keep(&mut tx, room.me, FORM, &room.id().to_string(), &fields, frame.now).await?;
    match form.feedback.keep() {
        Ok(feedback) => store::save(&mut tx, &feedback).await?,
        // Changes of what was sent wait as a draft alone.
        Err(_) if form.feedback.takes_changes(frame.now) => {}
        Err(_) => return refused(frame, room, Some(form), fields),
    }
    tx.see_other(format!("{}?said=saved", room.path("/feedback"))).await
}

async fn skip(mut tx: Tx, frame: Frame, room: Room, form: Form, fields: Fields) -> Answer {
    let Ok((feedback, fact)) = form.feedback.skip() else { return refused(frame, room, Some(form), fields) };
    store::save(&mut tx, &feedback).await?;
    drafts::delete(&mut tx, room.me, FORM, &room.id().to_string()).await?;
    tx.record(fact).await?;
    tx.see_other(format!("{}?said=done", room.path("/feedback"))).await
}

/// The participant's form once it is open; made here for whoever is faster than the job that asks.
async fn opened(tx: &mut Tx, frame: &Frame, room: &Room) -> Result<Option<Form>, AppError> {
    let form = store::mine(tx, room.id(), room.me).await?;
    if !is_opened(room.stage(), form.as_ref()) {
        return Ok(None);
    }
    if form.is_some() {
        return Ok(form);
    }
    store::ask(tx, room.id(), room.me, frame.speech.locale, room.consultation.stage_since).await?;
    store::mine(tx, room.id(), room.me).await
}

fn is_opened(stage: ConsultationStage, form: Option<&Form>) -> bool {
    match stage {
        ConsultationStage::Held | ConsultationStage::ResolvedInWriting => true,
        ConsultationStage::NoShow | ConsultationStage::Closed => form.is_some(),
        _ => false,
    }
}

fn answers(fields: &mut Fields) -> Vec<Given> {
    let mut answers = Vec::new();
    for question in 1..=QUESTIONS {
        let (name, quote) = (format!("answer{question}"), format!("quote{question}"));
        let Some(body) = fields.optional::<Text<6000>>(&name) else { continue };
        let administrators_only = question == ABOUT_CONDUCT && fields.has("administrators_only", "yes");
        let is_quoted = fields.has(&quote, "yes");
        if administrators_only && is_quoted {
            fields.refuse(&quote, Message::new("feedback-form-quote_or_administrators"));
        }
        answers.push(Given { question, body: body.as_str().to_owned(), administrators_only, is_quoted });
    }
    if answers.is_empty() && !fields.is_refused() {
        fields.refuse("answer1", Message::new("feedback-form-empty"));
    }
    answers
}

/// The form with what was sent. Boxes are never ticked beforehand: what is granted stays granted
/// while its words stay.
fn filled(form: &Form) -> Fields {
    let mut fields = Fields::default();
    for answer in &form.answers {
        fields.set(&format!("answer{}", answer.question), answer.body.clone());
        if answer.administrators_only {
            fields.set("administrators_only", "yes");
        }
    }
    fields
}

fn stale(frame: Frame, room: Room, form: Form, fields: Fields) -> Page {
    let saved = filled(&form);
    let differs = |name: &str| saved.value(name) != fields.value(name).replace("\r\n", "\n").trim();
    let question = |n: i32| asked(frame.speech, form.version, form.wording.as_deref(), n);
    let theirs = (1..=QUESTIONS)
        .map(|n| (n, format!("answer{n}")))
        .filter(|(_, name)| differs(name))
        .map(|(n, name)| (question(n), saved.value(&name).to_owned()))
        .collect();
    Page { theirs, ..page(frame, room, form, fields) }
}

fn page(frame: Frame, room: Room, form: Form, fields: Fields) -> Page {
    shown(frame, room, Some(form), fields)
}

fn shown(frame: Frame, room: Room, form: Option<Form>, fields: Fields) -> Page {
    let theirs = Vec::new();
    let (is_unsent, is_refused, wording) = (false, false, None);
    Page { frame, room, form, fields, is_unsent, is_refused, theirs, wording, is_in_actions: true }
}

fn refused(frame: Frame, room: Room, form: Option<Form>, fields: Fields) -> Answer {
    show_with(StatusCode::CONFLICT, &Page { is_refused: true, ..shown(frame, room, form, fields) })
}
