//! `/consultations/{consultation}/follow-ups`: what could not be said on the day and is written
//! afterwards. The host owes, writes or drops with a reason; the recipient reads here.

use super::store::{self, FollowUp};
use crate::domain::access::Act;
use crate::domain::consultation::Stage;
use crate::domain::fact::Fact;
use crate::domain::feedback::{ABOUT_GAPS, FollowUpStage};
use crate::domain::id::{ConsultationId, FeedbackId, FollowUpId, PersonId};
use crate::domain::text::{Line, Text};
use crate::features::consultations::{self, Attendant, Head, Room};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::markdown::{self, Html};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// The name of the draft of what is being written; its subject is the consultation.
const FORM: &str = "follow-up";

#[derive(Template)]
#[template(path = "feedback/follow_ups.html")]
struct FollowUps {
    frame: Frame,
    room: Room,
    all: Vec<FollowUp>,
    /// What was typed for the one that `fields` names.
    fields: Fields,
    /// Why the act that was tried is not possible.
    refused: Option<&'static str>,
    /// To whom something may be promised.
    guests: Vec<Attendant>,
}

const NOT_NOW: &str = "feedback-follow_ups-not_now";
/// Nothing that is written reaches them.
const LEFT: &str = "feedback-follow_ups-left";

impl FollowUps {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("feedback-follow_ups-title"), "/follow-ups")
    }

    fn is_host(&self) -> bool {
        self.room.part.is_host()
    }

    fn owed(&self) -> Vec<&FollowUp> {
        self.all.iter().filter(|f| f.stage == FollowUpStage::Owed).collect()
    }

    fn ended(&self) -> Vec<&FollowUp> {
        self.all.iter().filter(|f| f.stage != FollowUpStage::Owed).collect()
    }

    /// The typed text and its errors belong to one of the forms on the page.
    fn fields_of(&self, follow_up: &FollowUp) -> Fields {
        match self.fields.has("follow_up", &follow_up.id.to_string()) {
            true => self.fields.clone(),
            false => Fields::default(),
        }
    }

    fn text(&self, follow_up: &FollowUp) -> Html {
        Html::stored(follow_up.html.clone())
    }

    /// Whether the recipient left: nothing that is written here reaches them.
    fn has_left(&self, follow_up: &FollowUp) -> bool {
        self.is_host() && !is_among(&self.guests, follow_up.recipient)
    }

    fn may_promise(&self) -> bool {
        self.is_host() && takes_new(self.room.stage())
    }

    fn is_chosen(&self, guest: &Attendant) -> bool {
        self.fields.has("recipient", &guest.person.to_string())
    }

    fn may_confirm(&self, follow_up: &FollowUp) -> bool {
        follow_up.stage == FollowUpStage::Sent && follow_up.recipient == self.room.me
    }
}

/// Whether the host may promise something more.
pub(super) fn takes_new(stage: Stage) -> bool {
    matches!(stage, Stage::Held | Stage::ResolvedInWriting)
}

fn is_among(guests: &[Attendant], person: PersonId) -> bool {
    guests.iter().any(|guest| guest.person == person)
}

/// Shows the hosts all, a guest what was written for them.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let all = visible(&mut read, &room).await?;
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string()).await?;
    let fields = draft.map(|draft| draft.fields).unwrap_or_default();
    let guests = guests(&mut read, &room).await?;
    show(&FollowUps { frame, room, all, fields, refused: None, guests })
}

/// Owes, sends, drops, or says that it was read.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let act = fields.one_of("act", ["owe", "promise", "send", "drop", "read"])?;
    if act != "read" {
        room.require(Act::OweFollowUp)?;
    }
    match act {
        "owe" => return owe(tx, frame, room, fields).await,
        "promise" => return promise(tx, frame, room, fields).await,
        _ => {}
    }
    let Some(follow_up) = one_of(&mut tx, &room, &fields).await? else { return Err(AppError::NotFound) };
    let (body, reason) = match act {
        "send" => (fields.required::<Text<20_000>>("body"), None),
        "drop" => (None, fields.required::<Line<500>>("reason")),
        _ => (None, None),
    };
    if fields.is_refused() {
        return again(tx, frame, room, fields).await;
    }
    if act == "send" && !is_among(&guests(&mut tx, &room).await?, follow_up.recipient) {
        return refused(tx, frame, room, fields, LEFT).await;
    }
    let (id, of, stage) = (follow_up.id, follow_up.consultation, follow_up.stage);
    let moved = match (body, reason) {
        (Some(body), _) => match stage.send(id, of) {
            Ok((_, fact)) => {
                let html = markdown::render(body.as_str());
                store::send(&mut tx, id, body.as_str(), html.as_str()).await?;
                Some(fact)
            }
            Err(_) => return refused(tx, frame, room, fields, NOT_NOW).await,
        },
        (None, Some(reason)) => match stage.drop(id, of) {
            Ok((_, fact)) => {
                store::drop_one(&mut tx, id, reason.as_str()).await?;
                Some(fact)
            }
            Err(_) => return refused(tx, frame, room, fields, NOT_NOW).await,
        },
        (None, None) if follow_up.recipient != room.me => return Err(AppError::NotAllowed),
        (None, None) => match stage.read() {
            Ok(_) => {
                store::mark_read(&mut tx, id).await?;
                None
            }
            Err(_) => return refused(tx, frame, room, fields, NOT_NOW).await,
        },
    };
    if let Some(fact) = moved {
        tx.record(fact).await?;
        delete_draft(&mut tx, &room, id).await?;
    }
    let said = if act == "send" { "sent" } else { "done" };
    tx.see_other(format!("{}?said={said}", room.path("/follow-ups"))).await
}

/// The draft of another one stays.
async fn delete_draft(tx: &mut Tx, room: &Room, id: FollowUpId) -> Result<(), AppError> {
    let subject = room.id().to_string();
    match drafts::find(tx, room.me, FORM, &subject).await? {
        Some(draft) if draft.fields.has("follow_up", &id.to_string()) => {
            drafts::delete(tx, room.me, FORM, &subject).await
        }
        _ => Ok(()),
    }
}

async fn owe(mut tx: Tx, frame: Frame, room: Room, fields: Fields) -> Answer {
    let form = match fields.value("feedback").parse::<FeedbackId>() {
        Ok(id) => store::system(&mut tx, id).await?.filter(|form| form.feedback.consultation == room.id()),
        Err(_) => None,
    };
    let form = form.ok_or(AppError::NotFound)?;
    // The answer may have been emptied since the page of answers was drawn.
    let gap = form.answers.iter().find(|a| a.question == ABOUT_GAPS).filter(|_| takes_new(room.stage()));
    let Some(gap) = gap else { return refused(tx, frame, room, fields, NOT_NOW).await };
    if let Some(follow_up) = store::owe(&mut tx, room.id(), form.person, form.feedback.id, &gap.body).await? {
        tx.record(Fact::FollowUpOwed { follow_up, consultation: room.id() }).await?;
    }
    tx.see_other(format!("{}?said=saved", room.path("/follow-ups"))).await
}

/// Something more, which no answer asked for.
async fn promise(mut tx: Tx, frame: Frame, room: Room, mut fields: Fields) -> Answer {
    let what = fields.required::<Text<1000>>("what");
    let recipient = fields.value("recipient").parse::<PersonId>().ok();
    let recipient = guests(&mut tx, &room).await?.into_iter().map(|g| g.person).find(|g| Some(*g) == recipient);
    if recipient.is_none() {
        fields.refuse("recipient", Message::new("field-choice"));
    }
    let (Some(what), Some(recipient)) = (what, recipient) else {
        return again(tx, frame, room, fields).await;
    };
    if !takes_new(room.stage()) {
        return refused(tx, frame, room, fields, NOT_NOW).await;
    }
    let follow_up = store::promise(&mut tx, room.id(), recipient, what.as_str()).await?;
    tx.record(Fact::FollowUpOwed { follow_up, consultation: room.id() }).await?;
    tx.see_other(format!("{}?said=saved", room.path("/follow-ups"))).await
}

/// Everyone on the other side of the hosts; nobody for a guest.
async fn guests(conn: &mut sqlx::PgConnection, room: &Room) -> Result<Vec<Attendant>, AppError> {
    let everyone = consultations::attendants(conn, room.id()).await?;
    Ok(everyone.into_iter().filter(|a| room.part.is_host() && !a.part.is_host()).collect())
}

/// The one that the form names, as far as the asker may see it.
async fn one_of(tx: &mut Tx, room: &Room, fields: &Fields) -> Result<Option<FollowUp>, AppError> {
    let Ok(id) = fields.value("follow_up").parse::<FollowUpId>() else { return Ok(None) };
    Ok(visible(tx, room).await?.into_iter().find(|f| f.id == id))
}

async fn visible(conn: &mut sqlx::PgConnection, room: &Room) -> Result<Vec<FollowUp>, AppError> {
    let is_theirs =
        |f: &FollowUp| f.recipient == room.me && matches!(f.stage, FollowUpStage::Sent | FollowUpStage::Read);
    let all = store::follow_ups(conn, room.id()).await?;
    Ok(all.into_iter().filter(|f| room.part.is_host() || is_theirs(f)).collect())
}

async fn page(tx: &mut Tx, frame: Frame, room: Room, fields: Fields) -> Result<FollowUps, AppError> {
    let all = visible(tx, &room).await?;
    let guests = guests(tx, &room).await?;
    Ok(FollowUps { frame, room, all, fields, refused: None, guests })
}

/// The page with what is wrong about what was typed.
async fn again(mut tx: Tx, frame: Frame, room: Room, fields: Fields) -> Answer {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&mut tx, frame, room, fields).await?)
}

/// The page with why that is not possible.
async fn refused(mut tx: Tx, frame: Frame, room: Room, fields: Fields, why: &'static str) -> Answer {
    let page = page(&mut tx, frame, room, fields).await?;
    show_with(StatusCode::CONFLICT, &FollowUps { refused: Some(why), ..page })
}
