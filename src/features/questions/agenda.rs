//! `/consultations/{consultation}/agenda`: the goal of the session and the order of its items. The
//! lead says that it is fine, or nobody says anything for two days; then the host sets it.

use super::AgendaItem;
use super::mails::TurnWatch;
use super::store::{self, Agreement, Goal};
use super::writing::{self, Writing};
use crate::domain::access::Act;
use crate::domain::consultation::{Side, Stage as ConsultationStage};
use crate::domain::id::{ConsultationId, ItemId};
use crate::domain::question::{SILENCE, Stage, is_agreed_to};
use crate::domain::text::Text;
use crate::features::consultations::{self, Head, News, Room};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Revision};
use crate::platform::i18n::{Message, TimeTag};
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The name of the form's drafts.
const FORM: &str = "goal";

#[derive(Template)]
#[template(path = "questions/agenda.html")]
struct Agenda {
    frame: Frame,
    room: Room,
    items: Vec<AgendaItem>,
    goal: Goal,
    agreement: Agreement,
    last_word_at: DateTime<Utc>,
    fields: Fields,
    writing: Writing,
    is_unsent: bool,
    is_stale: bool,
    /// Why what was asked for is not possible.
    refusal: Option<Message>,
}

impl Agenda {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("questions-agenda-title"), "/agenda")
    }

    fn path(&self) -> String {
        self.room.path("/agenda")
    }

    fn item_path(&self, item: &AgendaItem) -> String {
        self.room.path(&format!("/questions/{}", item.id))
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.room.id())
    }

    fn takes_writing(&self) -> bool {
        self.room.stage().takes_writing()
    }

    fn may_order(&self) -> bool {
        self.takes_writing() && self.room.may(Act::Order) && self.items.len() > 1
    }

    fn is_preparing(&self) -> bool {
        self.room.stage() == ConsultationStage::Preparing
    }

    fn may_say_ok(&self) -> bool {
        self.is_preparing()
            && self.room.may(Act::SayAgendaIsOk)
            && self.agreement.ok_at.is_none()
            && !self.items.is_empty()
    }

    fn may_agree(&self) -> bool {
        self.is_preparing() && self.room.may(Act::AgreeOnAgenda) && self.missing().is_none()
    }

    /// What the host waits for before the agenda can be set.
    fn missing(&self) -> Option<Message> {
        missing(self.items.len(), &self.agreement, self.last_word_at, self.frame.now)
    }

    fn silent_until(&self) -> TimeTag {
        self.frame.time(&(self.last_word_at + SILENCE))
    }

    fn is_ready(&self) -> bool {
        self.room.stage() == ConsultationStage::Ready
    }
}

fn missing(items: usize, agreement: &Agreement, last_word_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Message> {
    match items {
        0 => Some(Message::new("questions-agenda-no_items")),
        _ if !is_agreed_to(agreement.ok_at, last_word_at, now) => Some(Message::new("questions-agenda-no_ok")),
        _ => None,
    }
}

/// Shows the goal and the order.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string(), frame.now).await?;
    let page = page(&mut read, frame, room).await?;
    let is_unsent = draft.is_some() && page.takes_writing();
    let fields = match draft {
        Some(draft) if is_unsent => writing::of_draft(draft),
        _ => Fields::of(&[("goal", &page.goal.goal), ("revision", &page.goal.revision.to_string())]),
    };
    show(&Agenda { fields, is_unsent, ..page })
}

/// Writes the goal, moves an item, says that it is fine, sets it, opens it again.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    if let Some((item, towards)) = ordered(&fields) {
        room.require(Act::Order)?;
        return order(frame, tx, room, item, towards).await;
    }
    match fields.value("act") {
        "ok" => {
            room.require(Act::SayAgendaIsOk)?;
            say_ok(frame, tx, room).await
        }
        "agree" => {
            room.require(Act::AgreeOnAgenda)?;
            agree(frame, tx, room).await
        }
        "reopen" => {
            room.require(Act::ReopenAgenda)?;
            reopen(frame, tx, room).await
        }
        "" | "goal" => {
            room.require(Act::SetGoal)?;
            set_goal(frame, tx, room, fields).await
        }
        _ => Err(AppError::Unprocessable("this cannot be done here")),
    }
}

/// Which way an item goes in the order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Towards {
    Start,
    End,
}

fn ordered(fields: &Fields) -> Option<(ItemId, Towards)> {
    let item = |name| fields.value(name).parse().ok();
    item("up").map(|i| (i, Towards::Start)).or_else(|| item("down").map(|i| (i, Towards::End)))
}

async fn order(frame: Frame, mut tx: Tx, room: Room, item: ItemId, towards: Towards) -> Answer {
    if !room.stage().takes_writing() {
        return refused(frame, tx, room, "questions-show-sealed").await;
    }
    let mut items: Vec<ItemId> = for_session(&mut tx, room.id()).await?.into_iter().map(|i| i.id).collect();
    let at = items.iter().position(|i| *i == item).ok_or(AppError::NotFound)?;
    let other = match towards {
        Towards::Start => at.checked_sub(1),
        Towards::End => Some(at + 1).filter(|n| *n < items.len()),
    };
    if let Some(other) = other {
        items.swap(at, other);
        store::order(&mut tx, room.id(), &items).await?;
        store::agenda_changed(&mut tx, room.id()).await?;
        consultations::touch(&mut tx, room.id()).await?;
    }
    tx.see_other(format!("{}?said=saved", room.path("/agenda"))).await
}

async fn say_ok(frame: Frame, mut tx: Tx, room: Room) -> Answer {
    if room.stage() != ConsultationStage::Preparing {
        return refused(frame, tx, room, "questions-agenda-not_now").await;
    }
    if for_session(&mut tx, room.id()).await?.is_empty() {
        return refused(frame, tx, room, "questions-agenda-no_items").await;
    }
    let is_news = store::agreement(&mut tx, room.id()).await?.ok_at.is_none();
    if is_news {
        store::agenda_is_ok(&mut tx, room.id()).await?;
        consultations::tell(&mut tx, room.id(), Side::Host, News::AgendaOk).await?;
        consultations::touch(&mut tx, room.id()).await?;
    }
    tx.see_other(format!("{}?said=saved", room.path("/agenda"))).await
}

async fn agree(frame: Frame, mut tx: Tx, room: Room) -> Answer {
    let count = for_session(&mut tx, room.id()).await?.len();
    let agreement = store::agreement(&mut tx, room.id()).await?;
    let last_word_at = last_word_at(&mut tx, &room, &agreement).await?;
    if let Some(missing) = missing(count, &agreement, last_word_at, frame.now) {
        return refused(frame, tx, room, missing.key()).await;
    }
    match room.consultation.clone().make_ready(count, frame.now) {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            tx.see_other(format!("{}?said=done", room.path("/agenda"))).await
        }
        Err(_) => refused(frame, tx, room, "questions-agenda-not_now").await,
    }
}

async fn reopen(frame: Frame, mut tx: Tx, room: Room) -> Answer {
    let due_at = room.turn_ends(room.consultation.turn, frame.now);
    match room.consultation.clone().reopen(due_at, frame.now) {
        Ok(moved) => {
            consultations::save(&mut tx, moved).await?;
            tx.enqueue_now(TurnWatch { consultation: room.id() }).await?;
            store::agenda_changed(&mut tx, room.id()).await?;
            tx.see_other(format!("{}?said=done", room.path("/agenda"))).await
        }
        Err(_) => refused(frame, tx, room, "questions-agenda-not_now").await,
    }
}

async fn set_goal(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let revision = fields.required::<Revision>("revision");
    let goal = fields.optional::<Text<2000>>("goal");
    let writing = Writing::look(&mut fields, "goal");
    let page = page(&mut tx, frame, room).await?;
    if !page.takes_writing() {
        fields.refuse("goal", Message::new("questions-show-sealed"));
        return show_with(StatusCode::CONFLICT, &Agenda { fields, ..page });
    }
    if let Some(Revision(typed)) = revision
        && typed != page.goal.revision
    {
        fields.set("revision", page.goal.revision.to_string());
        fields.refuse("goal", Message::new("questions-agenda-stale"));
        return show_with(StatusCode::CONFLICT, &Agenda { fields, is_stale: true, ..page });
    }
    if fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Agenda { fields, writing, ..page });
    }
    let goal = goal.as_ref().map_or("", Text::as_str);
    let (id, me) = (page.room.id(), page.room.me);
    if goal != page.goal.goal {
        store::set_goal(&mut tx, id, me, goal, page.goal.revision + 1).await?;
        store::agenda_changed(&mut tx, id).await?;
        consultations::touch(&mut tx, id).await?;
    }
    drafts::delete(&mut tx, me, FORM, &id.to_string()).await?;
    tx.see_other(format!("{}?said=saved", page.path())).await
}

async fn refused(frame: Frame, mut tx: Tx, room: Room, key: &'static str) -> Answer {
    let page = page(&mut tx, frame, room).await?;
    let fields = Fields::of(&[("goal", &page.goal.goal), ("revision", &page.goal.revision.to_string())]);
    show_with(StatusCode::CONFLICT, &Agenda { fields, refusal: Some(Message::new(key)), ..page })
}

async fn for_session(conn: &mut PgConnection, id: ConsultationId) -> Result<Vec<AgendaItem>, AppError> {
    Ok(store::agenda(conn, id).await?.into_iter().filter(|i| i.stage == Stage::ForSession).collect())
}

/// When anybody wrote or changed anything last: silence is counted from then.
async fn last_word_at(conn: &mut PgConnection, room: &Room, agreement: &Agreement) -> Result<DateTime<Utc>, AppError> {
    let written = store::last_post_at(conn, room.id()).await?;
    Ok(written.max(agreement.changed_at).unwrap_or(room.consultation.opened_at))
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room) -> Result<Agenda, AppError> {
    let items = match room.stage().takes_writing() {
        true => for_session(conn, room.id()).await?,
        false => store::agenda(conn, room.id()).await?,
    };
    let goal = store::written_goal(conn, room.id()).await?;
    let agreement = store::agreement(conn, room.id()).await?;
    let last_word_at = last_word_at(conn, &room, &agreement).await?;
    Ok(Agenda {
        frame,
        room,
        items,
        goal,
        agreement,
        last_word_at,
        fields: Fields::default(),
        writing: Writing::default(),
        is_unsent: false,
        is_stale: false,
        refusal: None,
    })
}
