//! Ways out of a consultation, and another lead: acts of `/consultations/{consultation}/participants`.

use super::participants::refused;
use super::room::Room;
use super::store::{self, Attendant};
use crate::domain::access::{Act, may_remove};
use crate::domain::consultation::Part;
use crate::domain::fact::Fact;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::Frame;
use actix_web::http::StatusCode;

/// The asker leaves. A lead hands over first, as somebody has to speak for the guests.
pub(super) async fn leave(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    room.require(Act::Leave)?;
    if room.part == Part::Lead {
        fields.refuse("person", Message::new("consultations-departure-lead_first"));
        return refused(frame, tx, room, fields, StatusCode::CONFLICT).await;
    }
    store::depart(&mut tx, room.id(), room.me, room.me).await?;
    tx.see_other("/home?said=done").await
}

/// The lead removes a member; a host anyone but the lead. Links that the removed know end with it.
pub(super) async fn remove(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    room.require(Act::Remove)?;
    let Some(whom) = named(&mut tx, &room, &fields).await? else { return is_out(frame, tx, room, fields).await };
    if whom.part.is_host() {
        return Err(AppError::NotAllowed);
    }
    let refusal = match room.stage().is_active() {
        false => Some("consultations-departure-over"),
        true => (!may_remove(room.part, whom.part)).then_some("consultations-departure-is_lead"),
    };
    if let Some(key) = refusal {
        fields.refuse("person", Message::new(key));
        return refused(frame, tx, room, fields, StatusCode::CONFLICT).await;
    }
    store::depart(&mut tx, room.id(), whom.person, room.me).await?;
    store::revoke_team_links(&mut tx, room.id()).await?;
    store::revoke_invitations_of(&mut tx, room.id(), whom.person).await?;
    tx.see_other(format!("{}?said=done", room.path("/participants"))).await
}

/// The lead makes a member the lead, and is a member from then on.
pub(super) async fn hand_over(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    room.require(Act::HandOverLead)?;
    let Some(whom) = named(&mut tx, &room, &fields).await? else { return is_out(frame, tx, room, fields).await };
    if whom.part != Part::Member {
        fields.refuse("person", Message::new("field-choice"));
        return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    store::set_lead(&mut tx, room.id(), whom.person).await?;
    tx.record(Fact::LeadHandedOver { consultation: room.id(), person: whom.person }).await?;
    tx.see_other(format!("{}?said=done", room.path("/participants"))).await
}

/// Who is meant; nobody else than those who take part.
async fn named(tx: &mut Tx, room: &Room, fields: &Fields) -> Result<Option<Attendant>, AppError> {
    let person = fields.value("person").to_owned();
    let people = store::attendants(tx, room.id()).await?;
    Ok(people.into_iter().find(|a| a.person.to_string() == person))
}

/// Who left meanwhile is told of like somebody who never was here: no page says who else is known.
async fn is_out(frame: Frame, tx: Tx, room: Room, mut fields: Fields) -> Answer {
    fields.refuse("person", Message::new("consultations-departure-is_out"));
    refused(frame, tx, room, fields, StatusCode::CONFLICT).await
}
