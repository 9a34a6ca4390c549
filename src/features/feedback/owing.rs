//! What the host takes up, or lets go, of what was missing: acts of
//! `/consultations/{consultation}/follow-ups`. An answer about what was missing suggests a follow-up,
//! and so does an item that stayed open; anything else is promised freely.

use super::follow_ups::{ALREADY, LEFT, NOT_NOW, again, guests, is_among, refused, takes_new};
use super::store::{self, NewFollowUp};
use crate::domain::fact::Fact;
use crate::domain::feedback::{ABOUT_GAPS, FollowUpStage};
use crate::domain::id::{FeedbackId, ItemId, PersonId};
use crate::domain::text::{Line, Text};
use crate::features::consultations::Room;
use crate::features::questions;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::Frame;
use crate::platform::random;

/// An answer is taken up: the host owes something about it.
pub(super) async fn owe(mut tx: Tx, frame: Frame, room: Room, fields: Fields) -> Answer {
    let form = match fields.value("feedback").parse::<FeedbackId>() {
        Ok(id) => store::system(&mut tx, id).await?.filter(|form| form.feedback.consultation == room.id()),
        Err(_) => None,
    };
    let form = form.ok_or(AppError::NotFound)?;
    // The answer may have been emptied since the page of answers was drawn.
    let gap = form.answers.iter().find(|a| a.question == ABOUT_GAPS).filter(|_| takes_new(room.stage()));
    let Some(gap) = gap else { return refused(tx, frame, room, fields, NOT_NOW).await };
    let new = NewFollowUp { id: random::id(), recipient: form.person, what: &gap.body };
    if !is_among(&guests(&mut tx, &room).await?, new.recipient) {
        return refused(tx, frame, room, fields, LEFT).await;
    }
    if !store::owe(&mut tx, room.id(), form.feedback.id, &new).await? {
        return refused(tx, frame, room, fields, ALREADY).await;
    }
    tx.record(Fact::FollowUpOwed { follow_up: new.id, consultation: room.id() }).await?;
    tx.see_other(format!("{}?said=saved", room.path("/follow-ups"))).await
}

/// What an answer suggests will not come, and the host says why.
pub(super) async fn let_go(tx: Tx, frame: Frame, room: Room, mut fields: Fields) -> Answer {
    match fields.required::<Line<500>>("reason") {
        Some(reason) => drop_suggested(tx, frame, room, fields, reason.as_str()).await,
        None => again(tx, frame, room, fields).await,
    }
}

/// The answer says that nothing was missing: most do, and one press is enough for them.
pub(super) async fn nothing(tx: Tx, frame: Frame, room: Room, fields: Fields) -> Answer {
    let reason = frame.t("feedback-follow_ups-nothing").to_string();
    drop_suggested(tx, frame, room, fields, &reason).await
}

async fn drop_suggested(mut tx: Tx, frame: Frame, room: Room, fields: Fields, reason: &str) -> Answer {
    let id = fields.value("feedback").parse::<FeedbackId>().map_err(|_| AppError::NotFound)?;
    let suggested = store::suggested(&mut tx, room.id()).await?.into_iter().find(|s| s.feedback == id);
    let suggested = suggested.filter(|_| takes_new(room.stage()));
    let Some(suggested) = suggested else { return refused(tx, frame, room, fields, NOT_NOW).await };
    let new = NewFollowUp { id: random::id(), recipient: suggested.recipient, what: &suggested.what };
    let Ok((_, fact)) = FollowUpStage::Suggested.drop(new.id, room.id()) else {
        return refused(tx, frame, room, fields, NOT_NOW).await;
    };
    store::let_go(&mut tx, room.id(), id, &new, reason).await?;
    tx.record(fact).await?;
    tx.see_other(format!("{}?said=done", room.path("/follow-ups"))).await
}

/// Something more, which no answer asked for.
pub(super) async fn promise(mut tx: Tx, frame: Frame, room: Room, mut fields: Fields) -> Answer {
    let what = fields.required::<Text<1000>>("what");
    let recipient = fields.value("recipient").parse::<PersonId>().ok();
    let recipient = guests(&mut tx, &room).await?.into_iter().map(|g| g.person).find(|g| Some(*g) == recipient);
    if recipient.is_none() {
        fields.refuse("recipient", Message::new("field-choice"));
    }
    let (Some(what), Some(recipient)) = (what, recipient) else { return again(tx, frame, room, fields).await };
    if !takes_new(room.stage()) {
        return refused(tx, frame, room, fields, NOT_NOW).await;
    }
    let new = NewFollowUp { id: random::id(), recipient, what: what.as_str() };
    if !store::promise(&mut tx, room.id(), &new).await? {
        return refused(tx, frame, room, fields, ALREADY).await;
    }
    tx.record(Fact::FollowUpOwed { follow_up: new.id, consultation: room.id() }).await?;
    tx.see_other(format!("{}?said=saved", room.path("/follow-ups"))).await
}

/// What stayed open of the agenda: owed to the guest who asked, or to the one who speaks for them.
pub(super) async fn owe_item(mut tx: Tx, frame: Frame, room: Room, fields: Fields) -> Answer {
    let id = fields.value("item").parse::<ItemId>().map_err(|_| AppError::NotFound)?;
    let item = questions::items(&mut tx, room.id()).await?.into_iter().find(|item| item.id == id);
    let item = item.ok_or(AppError::NotFound)?;
    let guests = guests(&mut tx, &room).await?;
    let asker = guests.iter().find(|guest| guest.person == item.author).or_else(|| guests.first());
    let Some(recipient) = asker.filter(|_| item.stage.is_left_open() && takes_new(room.stage())) else {
        return refused(tx, frame, room, fields, NOT_NOW).await;
    };
    let new = NewFollowUp { id: random::id(), recipient: recipient.person, what: &item.title };
    if !store::owe_item(&mut tx, room.id(), item.id, &new).await? {
        return refused(tx, frame, room, fields, ALREADY).await;
    }
    tx.record(Fact::FollowUpOwed { follow_up: new.id, consultation: room.id() }).await?;
    tx.see_other(format!("{}?said=saved", room.path("/follow-ups"))).await
}
