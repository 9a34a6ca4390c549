//! `/consultations/{consultation}/quotes`: the hosts ask for exact words of an answer, and whoever
//! wrote it sees them as they will stand, and grants or refuses. Nobody sees those of another guest.

use super::asked;
use super::store::{self, Form, Given, Quoted};
use crate::domain::access::Act;
use crate::domain::id::{ConsultationId, FeedbackId, PersonId, QuoteId};
use crate::domain::quote::{QuoteStage, overlap};
use crate::domain::text::Text;
use crate::features::consultations::{self, Head, Room};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "feedback/quotes.html")]
struct Quotes {
    frame: Frame,
    room: Room,
    forms: Vec<Form>,
    all: Vec<Quoted>,
    /// Who takes part still: nobody else could answer.
    present: Vec<PersonId>,
    fields: Fields,
    /// Why the act that was tried is not possible.
    refused: Option<&'static str>,
}

/// An answer of which words may be asked for.
struct Askable {
    feedback: FeedbackId,
    question: i32,
    asked: String,
    name: String,
    lang: &'static str,
    answer: String,
    fields: Fields,
}

impl Quotes {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-quotes-title"), "/quotes")
    }

    fn is_host(&self) -> bool {
        self.room.part.is_host()
    }

    fn question(&self, quote: &Quoted) -> String {
        asked(self.frame.speech, quote.version, quote.wording.as_deref(), quote.question)
    }

    fn waiting(&self) -> Vec<&Quoted> {
        self.all.iter().filter(|q| matches!(q.stage, QuoteStage::Requested | QuoteStage::Offered)).collect()
    }

    fn decided(&self) -> Vec<&Quoted> {
        self.all.iter().filter(|q| !matches!(q.stage, QuoteStage::Requested | QuoteStage::Offered)).collect()
    }

    fn standing(&self, quote: &Quoted) -> Told {
        self.frame.t(match quote.stage {
            QuoteStage::Offered | QuoteStage::Requested => "feedback-quotes-is_requested",
            QuoteStage::Granted => "feedback-quotes-is_granted",
            QuoteStage::Refused => "feedback-quotes-is_refused",
            QuoteStage::Revoked => "feedback-quotes-is_revoked",
            QuoteStage::Stale => "feedback-quotes-is_stale",
        })
    }

    /// Answers without a quote that waits or is granted, and not refused as a whole. What is for
    /// administrators is not here.
    fn askable(&self) -> Vec<Askable> {
        let is_taken = |form: &Form, answer: &Given| {
            let same = |q: &&Quoted| (q.feedback, q.question) == (form.feedback.id, answer.question);
            let is_whole = |q: &Quoted| is_no(q.stage) && q.excerpt.trim() == answer.body.trim();
            let is_waiting = |q: &Quoted| matches!(q.stage, QuoteStage::Requested | QuoteStage::Granted);
            self.all.iter().filter(same).any(|q| is_waiting(q) || is_whole(q))
        };
        let of = |form: &'_ Form| -> Vec<Askable> {
            let open = form.answers.iter().filter(|a| !a.administrators_only && !is_taken(form, a));
            let askable = open.map(|answer| Askable {
                feedback: form.feedback.id,
                question: answer.question,
                asked: asked(self.frame.speech, form.version, form.wording.as_deref(), answer.question),
                name: form.name.clone(),
                lang: form.locale.as_str(),
                answer: answer.body.clone(),
                fields: self.fields_of(form.feedback.id, answer.question, &answer.body),
            });
            askable.collect()
        };
        self.forms.iter().filter(|form| self.present.contains(&form.person)).flat_map(of).collect()
    }

    /// What was typed belongs to one of the forms on the page.
    fn fields_of(&self, feedback: FeedbackId, question: i32, answer: &str) -> Fields {
        let is_this =
            self.fields.has("feedback", &feedback.to_string()) && self.fields.has("question", &question.to_string());
        if is_this { self.fields.clone() } else { Fields::of(&[("excerpt", answer)]) }
    }
}

/// Shows the hosts all, a guest their own.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room, Fields::default()).await?)
}

/// Asks, grants or refuses.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let act = fields.value("act").to_owned();
    match act.as_str() {
        "ask" => room.require(Act::ReadAnswers)?,
        "grant" | "refuse" => room.require(Act::GiveFeedback)?,
        _ => return Err(AppError::Unprocessable("an act that no page offers")),
    }
    let page = page(&mut tx, frame, room, fields).await?;
    match act.as_str() {
        "ask" => ask(tx, page).await,
        act => decide(tx, page, act == "grant").await,
    }
}

async fn ask(mut tx: Tx, mut page: Quotes) -> Answer {
    let excerpt = page.fields.required::<Text<2000>>("excerpt");
    let feedback = page.fields.value("feedback").parse::<FeedbackId>().map_err(|_| AppError::NotFound)?;
    let question = page.fields.value("question").parse::<i32>().map_err(|_| AppError::NotFound)?;
    let form = page.forms.iter().find(|form| form.feedback.id == feedback);
    if form.is_some_and(|form| !page.present.contains(&form.person)) {
        let refused = Some("feedback-quotes-not_now_left");
        return show_with(StatusCode::CONFLICT, &Quotes { refused, ..page });
    }
    let answer = form.and_then(|form| form.answers.iter().find(|a| a.question == question && !a.administrators_only));
    // Taken out, or for administrators from now on: the same words for both.
    let Some(answer) = answer.map(|answer| answer.body.clone()) else {
        return refused(page, Some(QuoteStage::Stale));
    };
    let Some(excerpt) = excerpt else { return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page) };
    if !answer.contains(excerpt.as_str()) {
        page.fields.refuse("excerpt", Message::new("feedback-quotes-not_exact"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let same = |q: &&Quoted| (q.feedback, q.question) == (feedback, question);
    let is_active = |stage| matches!(stage, QuoteStage::Requested | QuoteStage::Granted);
    let is_refused = |q: &Quoted| is_no(q.stage) && overlap(&answer, &q.excerpt, excerpt.as_str());
    let of_answer: Vec<&Quoted> = page.all.iter().filter(same).collect();
    let active = of_answer.iter().rfind(|q| is_active(q.stage) || is_refused(q));
    let before = active.or(of_answer.iter().rfind(|q| q.excerpt == excerpt.as_str())).map(|q| q.stage);
    let id: QuoteId = random::id();
    let fact = match (QuoteStage::request(before, id), before) {
        (Ok((_, fact)), _) => fact,
        (Err(_), stage) => return refused(page, stage),
    };
    if !store::request(&mut tx, id, (feedback, question), excerpt.as_str(), &answer).await? {
        return refused(page, Some(QuoteStage::Requested));
    }
    tx.record(fact).await?;
    tx.see_other(format!("{}?said=sent", page.room.path("/quotes"))).await
}

/// Whether somebody said no to these words.
fn is_no(stage: QuoteStage) -> bool {
    matches!(stage, QuoteStage::Refused | QuoteStage::Revoked)
}

async fn decide(mut tx: Tx, page: Quotes, is_granted: bool) -> Answer {
    let id = page.fields.value("quote").parse::<QuoteId>().map_err(|_| AppError::NotFound)?;
    let stage = page.all.iter().find(|q| q.id == id && q.person == page.room.me).ok_or(AppError::NotFound)?.stage;
    let moved = if is_granted { stage.grant(id) } else { stage.refuse(id) };
    let Ok((stage, fact)) = moved else { return refused(page, Some(stage)) };
    store::answer_quote(&mut tx, id, stage).await?;
    tx.record(fact).await?;
    tx.see_other(format!("{}?said=done", page.room.path("/quotes"))).await
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Quotes, AppError> {
    let is_host = room.part.is_host();
    let mut all = store::quotes(conn, room.id()).await?;
    all.retain(|quote| is_host || quote.person == room.me);
    let forms = if is_host { store::forms(conn, room.id()).await? } else { Vec::new() };
    let present = consultations::attendants(conn, room.id()).await?.into_iter().map(|a| a.person).collect();
    Ok(Quotes { frame, room, forms, all, present, fields, refused: None })
}

fn refused(page: Quotes, stage: Option<QuoteStage>) -> Answer {
    let refused = Some(stage.unwrap_or(QuoteStage::Requested).refusal_key());
    show_with(StatusCode::CONFLICT, &Quotes { refused, ..page })
}
