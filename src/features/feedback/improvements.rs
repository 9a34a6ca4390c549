//! `/calls/{call}/improvements`: what the hosts changed because of what people said, and where it has its
//! effect. Written in the hosts' words: nobody is named.

use super::store::{self, Improvement, NewImprovement};
use crate::domain::fact::Fact;
use crate::domain::feedback::QUESTIONS;
use crate::domain::id::{CallId, FeedbackId, ImprovementId, PersonId};
use crate::domain::improvement::{FROM_QUESTIONS, NotNow, Place, Stage};
use crate::domain::run_sheet::Origin;
use crate::domain::text::Line;
use crate::features::calls::{self, Call};
use crate::features::consultations;
use crate::features::sessions::{self, Change, Target};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Whole};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "feedback/improvements.html")]
struct Page {
    frame: Frame,
    call: Call,
    improvements: Vec<Improvement>,
    /// Words and names of the blocks that may be changed.
    blocks: Vec<(String, String)>,
    /// The answer that it comes from.
    source: Option<Source>,
    fields: Fields,
}

/// An answer to question 4 or 5. Whose it is, is for the check of names alone.
struct Source {
    feedback: FeedbackId,
    question: i32,
    body: String,
    lang: &'static str,
    names: Vec<String>,
}

impl Page {
    fn places(&self) -> [Place; 2] {
        Place::ALL
    }

    fn is_place(&self, place: &Place) -> bool {
        match self.fields.value("place") {
            "" => *place == Place::RunSheet,
            word => word == place.as_str(),
        }
    }

    fn recorded(&self) -> Vec<&Improvement> {
        self.improvements.iter().filter(|i| i.stage == Stage::Recorded).collect()
    }
}

/// The answer that the address or the form names, as the hosts of its call may see it.
async fn source(conn: &mut PgConnection, call: CallId, from: (&str, &str)) -> Result<Option<Source>, AppError> {
    if from.0.is_empty() {
        return Ok(None);
    }
    let feedback: FeedbackId = from.0.parse().map_err(|_| AppError::NotFound)?;
    let question = from.1.parse().ok().filter(|q| FROM_QUESTIONS.contains(q) && *q <= QUESTIONS);
    let form = store::system(conn, feedback).await?.ok_or(AppError::NotFound)?;
    let consultation = consultations::system(conn, form.feedback.consultation).await?;
    let is_here = consultation.call == call && form.feedback.stage.has_answers();
    let given = form.answers.iter().find(|a| Some(a.question) == question && !a.administrators_only);
    let (Some(given), Some(question), true) = (given, question, is_here) else { return Err(AppError::NotFound) };
    let people = consultations::attendants(conn, consultation.id).await?;
    let names = people.into_iter().filter(|p| !p.part.is_host()).map(|p| p.name).chain([form.name.clone()]);
    let names = names.filter(|name| name.chars().count() > 1).collect();
    Ok(Some(Source { feedback, question, body: given.body.clone(), lang: form.locale.as_str(), names }))
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    call: Call,
    source: Option<Source>,
    fields: Fields,
) -> Result<Page, AppError> {
    let improvements = store::improvements(conn, call.id).await?;
    let blocks = sessions::blocks_of(conn, call.id, frame.speech).await?;
    Ok(Page { frame, call, improvements, blocks, source, fields })
}

/// Lists what was changed, and takes a change.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = calls::for_host(&mut read, *id, &frame.asker).await?.call;
    let source = source(&mut read, *id, (&frame.asked("feedback"), &frame.asked("question"))).await?;
    show(&page(&mut read, frame, call, source, Fields::default()).await?)
}

/// Records a change, or takes one back.
pub async fn post(frame: Frame, id: Path<CallId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let hosted = calls::for_host_update(&mut tx, *id, &frame.asker).await?;
    match fields.one_of("act", ["record", "withdraw"])? {
        "withdraw" => withdraw(frame, tx, hosted.call, fields).await,
        _ => record(frame, tx, hosted.call, fields).await,
    }
}

async fn withdraw(frame: Frame, mut tx: Tx, call: Call, mut fields: Fields) -> Answer {
    let id: ImprovementId = fields.value("improvement").parse().map_err(|_| AppError::NotFound)?;
    let (found, others): (Vec<_>, Vec<_>) =
        store::improvements(&mut tx, call.id).await?.into_iter().partition(|i| i.id == id);
    let found = found.into_iter().next().ok_or(AppError::NotFound)?;
    match found.stage.withdraw(id) {
        Ok(moved) => {
            store::save_improvement(&mut tx, id, moved).await?;
            take_back(&mut tx, &call, frame.asker.id()?, found, &others).await?;
            tx.see_other(format!("/calls/{}/improvements?said=done", call.id)).await
        }
        Err(NotNow) => {
            fields.refuse("change", Message::new(NotNow.key()));
            show_with(StatusCode::CONFLICT, &page(&mut tx, frame, call, None, fields).await?)
        }
    }
}

/// The run sheet does not say it any more either.
async fn take_back(
    tx: &mut Tx,
    call: &Call,
    me: PersonId,
    taken: Improvement,
    others: &[Improvement],
) -> Result<(), AppError> {
    let is_said = |because: &str| others.iter().any(|i| i.stage == Stage::Recorded && i.because == because);
    if taken.place != Place::RunSheet || is_said(&taken.because) {
        return Ok(());
    }
    let change = match taken.sheet {
        // What feedback said there before may have been taken back itself.
        Some(Change::Reasoned { origin: Origin::Feedback, because }) if !is_said(&because) => None,
        change => change,
    };
    let usual = Change::Reasoned { origin: Origin::Default, because: String::new() };
    let change = change.unwrap_or(usual);
    if sessions::take_back_improvement(tx, call.id, me, &taken.because, change).await? {
        tx.record(Fact::RunSheetChanged { call: call.id }).await?;
    }
    Ok(())
}

async fn record(frame: Frame, mut tx: Tx, call: Call, mut fields: Fields) -> Answer {
    let source = source(&mut tx, call.id, (fields.value("feedback"), fields.value("question"))).await?;
    let me = frame.asker.id()?;
    let because = fields.required::<Line<300>>("because");
    let change = fields.required::<Line<300>>("change");
    let place = Place::parse(fields.value("place"));
    if place.is_none() {
        fields.refuse("place", Message::new("field-choice"));
    }
    refuse_names(&mut fields, source.as_ref());
    let target = match place {
        Some(Place::RunSheet) => target(&mut tx, &call, &mut fields).await?,
        _ => None,
    };
    let (Some(because), Some(change), Some(place), false) = (because, change, place, fields.is_refused()) else {
        let page = page(&mut tx, frame, call, source, fields).await?;
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let is_asked = target.is_some();
    let sheet = match target {
        Some(target) => improve(&mut tx, &call, me, target, because.as_str()).await?,
        None => None,
    };
    if is_asked && sheet.is_none() {
        fields.refuse("block", Message::new("feedback-improvements-no_room"));
        return show_with(StatusCode::CONFLICT, &page(&mut tx, frame, call, source, fields).await?);
    }
    let new = NewImprovement {
        call: call.id,
        from: source.map(|source| (source.feedback, source.question)),
        place,
        change: change.as_str(),
        because: because.as_str(),
        is_public: place == Place::RunSheet || fields.has("is_public", "yes"),
        sheet,
        by: me,
    };
    store::record(&mut tx, new).await?;
    tx.see_other(format!("/calls/{}/improvements?said=saved", call.id)).await
}

/// Nothing where there is no room for another block.
async fn improve(
    tx: &mut Tx,
    call: &Call,
    me: PersonId,
    target: Target,
    because: &str,
) -> Result<Option<Change>, AppError> {
    let change = sessions::improve_run_sheet(tx, call.id, me, target, because).await?;
    if change.is_some() {
        tx.record(Fact::RunSheetChanged { call: call.id }).await?;
    }
    Ok(change)
}

/// The block that is changed, or a new one with its name.
async fn target(tx: &mut Tx, call: &Call, fields: &mut Fields) -> Result<Option<Target>, AppError> {
    let minutes = fields.optional::<Whole<0, 240>>("minutes").map(|minutes| minutes.0);
    let word = fields.value("block").to_owned();
    if word == "new" {
        let title = fields.required::<Line<100>>("title").map(|title| title.as_str().to_owned());
        return Ok(title.map(|title| Target::New { title, minutes }));
    }
    let is_known = sessions::run_sheet_words(tx, call.id).await?.contains(&word);
    if !is_known {
        fields.refuse("block", Message::new("field-choice"));
    }
    Ok(is_known.then_some(Target::Block { word, minutes }))
}

/// What is shown to others must not name who said it.
fn refuse_names(fields: &mut Fields, source: Option<&Source>) {
    let Some(source) = source else { return };
    for field in ["because", "change", "title"] {
        let typed = fields.value(field).to_lowercase();
        if source.names.iter().any(|name| typed.contains(&name.to_lowercase())) {
            fields.refuse(field, Message::new("feedback-improvements-named"));
        }
    }
}
