//! `/consultations/{consultation}/follow-ups`: what could not be said on the day and is written
//! afterwards. The host owes, writes or drops with a reason; the recipient reads here.

use super::owing;
use super::store::{self, FollowUp, Suggested};
use crate::domain::access::Act;
use crate::domain::consultation::Stage;
use crate::domain::feedback::FollowUpStage;
use crate::domain::id::{ConsultationId, FollowUpId, PersonId};
use crate::domain::text::{Line, Text};
use crate::features::consultations::{self, Attendant, Head, Room};
use crate::features::questions::{self, AgendaItem};
use crate::platform::db::Tx;
use crate::platform::drafts::{self, Draft};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::markdown::{self, Html};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// The name of the draft of what is being written; its subject is the follow-up.
const FORM: &str = "follow-up";

#[derive(Template)]
#[template(path = "feedback/follow_ups.html")]
struct FollowUps {
    frame: Frame,
    room: Room,
    all: Vec<FollowUp>,
    /// What answers ask for, and the host did nothing about yet.
    suggested: Vec<Suggested>,
    /// What stayed open in the session, and is not written about yet.
    left_open: Vec<AgendaItem>,
    /// What was typed for the one that `fields` names.
    fields: Fields,
    /// What was typed before and not sent, each for the one that it names.
    drafts: Vec<Draft>,
    /// Why the act that was tried is not possible.
    refused: Option<&'static str>,
    /// To whom something may be promised.
    guests: Vec<Attendant>,
}

pub(super) const NOT_NOW: &str = "feedback-follow_ups-not_now";
/// Another press of the button, or another host, was faster.
pub(super) const ALREADY: &str = "feedback-follow_ups-already";
/// Nothing that is written reaches them.
pub(super) const LEFT: &str = "feedback-follow_ups-left";

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
        let is_its = |fields: &&Fields| fields.has("follow_up", &follow_up.id.to_string());
        let drafts = self.drafts.iter().map(|draft| &draft.fields);
        std::iter::once(&self.fields).chain(drafts).find(is_its).cloned().unwrap_or_default()
    }

    fn draft(&self, follow_up: &FollowUp) -> String {
        format!("/drafts/{FORM}/{}", follow_up.id)
    }

    fn fields_about(&self, suggested: &Suggested) -> Fields {
        match self.fields.has("feedback", &suggested.feedback.to_string()) {
            true => self.fields.clone(),
            false => Fields::default(),
        }
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.suggested.is_empty() && self.left_open.is_empty()
    }

    fn text(&self, follow_up: &FollowUp) -> Html {
        Html::stored(follow_up.html.clone())
    }

    /// Whether the recipient left: nothing that is written here reaches them.
    fn has_left(&self, recipient: &PersonId) -> bool {
        self.is_host() && !is_among(&self.guests, *recipient)
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

/// Whether the host may promise something more: also of what was closed by itself in the meantime.
pub(super) fn takes_new(stage: Stage) -> bool {
    matches!(stage, Stage::Held | Stage::ResolvedInWriting | Stage::Closed)
}

pub(super) fn is_among(guests: &[Attendant], person: PersonId) -> bool {
    guests.iter().any(|guest| guest.person == person)
}

/// Shows the hosts all, a guest what was written for them.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room, Fields::default()).await?)
}

/// Owes, promises, sends, drops, or says that it was read.
pub async fn post(frame: Frame, id: Path<ConsultationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    let act = fields.one_of("act", ["owe", "nothing", "promise", "item", "send", "drop", "read"])?;
    if act != "read" {
        room.require(Act::OweFollowUp)?;
    }
    match act {
        "owe" => return owing::owe(tx, frame, room, fields).await,
        "promise" => return owing::promise(tx, frame, room, fields).await,
        "item" => return owing::owe_item(tx, frame, room, fields).await,
        "nothing" => return owing::nothing(tx, frame, room, fields).await,
        "drop" if !fields.value("feedback").is_empty() => return owing::let_go(tx, frame, room, fields).await,
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
        drafts::delete(&mut tx, room.me, FORM, &id.to_string()).await?;
    }
    let said = if act == "send" { "sent" } else { "done" };
    tx.see_other(format!("{}?said={said}", room.path("/follow-ups"))).await
}

/// Everyone on the other side of the hosts; nobody for a guest.
pub(super) async fn guests(conn: &mut PgConnection, room: &Room) -> Result<Vec<Attendant>, AppError> {
    let everyone = consultations::attendants(conn, room.id()).await?;
    Ok(everyone.into_iter().filter(|a| room.part.is_host() && !a.part.is_host()).collect())
}

/// The one that the form names, as far as the asker may see it.
async fn one_of(tx: &mut Tx, room: &Room, fields: &Fields) -> Result<Option<FollowUp>, AppError> {
    let Ok(id) = fields.value("follow_up").parse::<FollowUpId>() else { return Ok(None) };
    Ok(visible(tx, room).await?.into_iter().find(|f| f.id == id))
}

async fn visible(conn: &mut PgConnection, room: &Room) -> Result<Vec<FollowUp>, AppError> {
    let is_theirs =
        |f: &FollowUp| f.recipient == room.me && matches!(f.stage, FollowUpStage::Sent | FollowUpStage::Read);
    let all = store::follow_ups(conn, room.id()).await?;
    Ok(all.into_iter().filter(|f| room.part.is_host() || is_theirs(f)).collect())
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<FollowUps, AppError> {
    let all = visible(conn, &room).await?;
    let guests = guests(conn, &room).await?;
    let (mut suggested, mut left_open) = (Vec::new(), Vec::new());
    if room.part.is_host() && takes_new(room.stage()) {
        let is_promised = |item: &AgendaItem| all.iter().any(|f| f.item == Some(item.id));
        suggested = store::suggested(conn, room.id()).await?;
        left_open = questions::items(conn, room.id()).await?;
        left_open.retain(|item| item.stage.is_left_open() && !is_promised(item));
    }
    let drafts = match room.part.is_host() {
        true => drafts::of_form(conn, room.me, FORM, frame.now).await?,
        false => Vec::new(),
    };
    Ok(FollowUps { frame, room, all, suggested, left_open, fields, drafts, refused: None, guests })
}

/// The page with what is wrong about what was typed.
pub(super) async fn again(mut tx: Tx, frame: Frame, room: Room, fields: Fields) -> Answer {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&mut tx, frame, room, fields).await?)
}

/// The page with why that is not possible.
pub(super) async fn refused(mut tx: Tx, frame: Frame, room: Room, fields: Fields, why: &'static str) -> Answer {
    let page = page(&mut tx, frame, room, fields).await?;
    show_with(StatusCode::CONFLICT, &FollowUps { refused: Some(why), ..page })
}
