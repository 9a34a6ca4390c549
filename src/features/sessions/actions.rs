//! `/consultations/{consultation}/actions`: what each is going to do, applicants and host alike.

use super::store::{self, Owned};
use crate::domain::access::Act;
use crate::domain::consultation::Stage;
use crate::domain::id::{ActionId, ConsultationId, PersonId};
use crate::domain::session::ActionStage;
use crate::domain::text::Line;
use crate::features::consultations::{self, Attendant, Head, Room};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "sessions/actions.html")]
struct Actions {
    frame: Frame,
    room: Room,
    people: Vec<Attendant>,
    actions: Vec<Owned>,
    fields: Fields,
}

impl Actions {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("sessions-actions-title"), "/actions")
    }

    fn may_move(&self, owned: &Owned) -> bool {
        owned.action.owner == self.room.me || (self.is_left(owned) && self.room.may(Act::StandIn))
    }

    /// Whether its owner takes part no more.
    fn is_left(&self, owned: &Owned) -> bool {
        self.people.iter().all(|person| person.person != owned.action.owner)
    }

    fn is_chosen(&self, person: &Attendant) -> bool {
        match self.fields.value("owner") {
            "" => person.person == self.room.me,
            typed => typed == person.person.to_string(),
        }
    }

    fn is_open(&self) -> bool {
        self.room.stage() != Stage::Cancelled
    }

    /// Whether the form of this action was refused.
    fn is_wrong(&self, owned: &Owned) -> bool {
        self.fields.error("reason").is_some() && self.fields.value("action") == owned.action.id.to_string()
    }

    /// What was typed where the page has no form for it any more.
    fn given_back(&self) -> Option<&str> {
        let name = match self.fields.value("act") {
            "drop" if self.fields.error("reason").is_none() => "reason",
            "add" if !self.is_open() => "what",
            _ => return None,
        };
        Some(self.fields.value(name)).filter(|typed| !typed.is_empty())
    }
}

async fn page(conn: &mut sqlx::PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Actions, AppError> {
    let people = consultations::attendants(&mut *conn, room.id()).await?;
    let actions = store::actions(conn, room.id()).await?;
    Ok(Actions { frame, room, people, actions, fields })
}

/// Shows the actions.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    show(&page(&mut read, frame, room, Fields::default()).await?)
}

/// Adds an action, or its owner says what became of it.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    match fields.one_of("act", ["", "add", "done", "reopen", "drop"])? {
        "add" | "" => add(frame, tx, room, fields).await,
        _ => move_one(frame, tx, room, fields).await,
    }
}

async fn add(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let what = fields.required::<Line<300>>("what");
    let people = consultations::attendants(&mut tx, room.id()).await?;
    let owner: Option<PersonId> = fields.value("owner").parse().ok();
    let owner = owner.filter(|owner| people.iter().any(|p| p.person == *owner));
    if owner.is_none() {
        fields.refuse("owner", Message::new("field-choice"));
    }
    let typed = fields.value("due_on").trim().to_owned();
    let due_on = typed.parse::<NaiveDate>().ok();
    if due_on.is_none() && !typed.is_empty() {
        fields.refuse("due_on", Message::new("sessions-actions-no_date"));
    }
    if room.stage() == Stage::Cancelled {
        fields.refuse("act", Message::new("sessions-run-not_now"));
        return refused(frame, tx, room, fields, StatusCode::CONFLICT).await;
    }
    let (Some(what), Some(owner), false) = (what, owner, fields.is_refused()) else {
        return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    store::add_action(&mut tx, room.id(), owner, what.as_str(), due_on, room.me).await?;
    tx.see_other(format!("{}?said=saved", room.path("/actions"))).await
}

async fn move_one(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let id: ActionId = fields.value("action").parse().map_err(|_| AppError::NotFound)?;
    let found = store::actions(&mut tx, room.id()).await?.into_iter().find(|owned| owned.action.id == id);
    let action = found.ok_or(AppError::NotFound)?.action;
    if action.owner != room.me && !consultations::stands_in(&mut tx, &room, action.owner).await? {
        return Err(AppError::NotAllowed);
    }
    let moved = match fields.value("act") {
        "done" => action.finish(),
        "reopen" => action.reopen(),
        _ => match fields.required::<Line<300>>("reason") {
            Some(reason) => action.drop_because(reason.as_str().to_owned()),
            None => return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await,
        },
    };
    match moved {
        Ok(moved) => {
            store::save_action(&mut tx, moved).await?;
            tx.see_other(room.path("/actions")).await
        }
        Err(not_now) => {
            fields.refuse("act", Message::new(not_now.key()));
            refused(frame, tx, room, fields, StatusCode::CONFLICT).await
        }
    }
}

async fn refused(frame: Frame, mut tx: Tx, room: Room, fields: Fields, status: StatusCode) -> Answer {
    let page = page(&mut tx, frame, room, fields).await?;
    show_with(status, &page)
}
