//! `/consultations/{consultation}/participants`: who takes part; the lead and the hosts invite by
//! mail or by a link for the team.

use super::departure;
use super::room::{Head, Room};
use super::store::{self, Attendant, Invited};
use crate::domain::access::{Act, may_remove};
use crate::domain::consultation::Part;
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, InvitationId};
use crate::domain::person::EmailAddress;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::limit::table::INVITATIONS;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

/// At most this many guests in one consultation.
pub const MOST_GUESTS: usize = 10;

#[derive(Template)]
#[template(path = "consultations/participants.html")]
struct Participants {
    frame: Frame,
    room: Room,
    people: Vec<Attendant>,
    invited: Vec<Invited>,
    fields: Fields,
    /// The team link, shown once when it is made: only its hash is stored.
    team_link: Option<String>,
}

impl Participants {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("consultations-participants-title"), "/participants")
    }

    fn part(&self, person: &Attendant) -> Told {
        self.frame.t(part_key(person.part))
    }

    fn may_invite(&self) -> bool {
        self.room.may(Act::Invite) && self.room.stage().is_active() && self.guests() < MOST_GUESTS
    }

    fn may_remove(&self, person: &Attendant) -> bool {
        self.room.stage().is_active() && may_remove(self.room.part, person.part)
    }

    fn may_leave(&self) -> bool {
        self.room.part == Part::Member
    }

    /// To whom the lead can hand over.
    fn members(&self) -> impl Iterator<Item = &Attendant> {
        self.people.iter().filter(|person| person.part == Part::Member)
    }

    fn may_hand_over(&self) -> bool {
        self.room.may(Act::HandOverLead) && self.members().next().is_some()
    }

    fn guests(&self) -> usize {
        self.people.iter().filter(|p| !p.part.is_host()).count()
    }

    fn has_team_link(&self) -> bool {
        self.invited.iter().any(|i| i.email.is_none())
    }
}

/// The message that names a part.
pub fn part_key(part: Part) -> &'static str {
    match part {
        Part::Host => "consultations-part-host",
        Part::CoHost { .. } => "consultations-part-co_host",
        Part::Lead => "consultations-part-lead",
        Part::Member => "consultations-part-member",
    }
}

/// Shows the people.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = store::for_participant(&mut read, *id, &frame.asker).await?;
    let people = store::attendants(&mut read, *id).await?;
    let invited = store::invited(&mut read, *id, frame.now).await?;
    show(&Participants { frame, room, people, invited, fields: Fields::default(), team_link: None })
}

/// Invites by mail, makes or revokes the link for the team; removes, leaves, makes another the lead.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    // Whoever may not see the page learns nothing of its form either, and uses up nobody's budget.
    let room = store::for_participant(&mut *frame.read().await?, *id, &frame.asker).await?;
    let act = fields.one_of("act", ["", "leave", "remove", "lead", "team_link", "revoke"])?;
    if act.is_empty() {
        room.require(Act::Invite)?;
        return invite(frame, *id, fields).await;
    }
    let mut tx = frame.begin(&fields).await?;
    let room = store::for_update(&mut tx, *id, &frame.asker).await?;
    match act {
        "leave" => return departure::leave(frame, tx, room, fields).await,
        "remove" => return departure::remove(frame, tx, room, fields).await,
        "lead" => return departure::hand_over(frame, tx, room, fields).await,
        _ => room.require(Act::Invite)?,
    }
    match act {
        "team_link" => make_team_link(frame, tx, room, fields).await,
        _ => revoke(frame, tx, room, fields).await,
    }
}

/// Tries are counted before the transaction: whoever counts inside of one holds two connections.
async fn invite(frame: Frame, id: ConsultationId, mut fields: Fields) -> Answer {
    let address = fields.required::<EmailAddress>("email");
    let counted = match address {
        Some(_) => INVITATIONS.take(&frame.platform, &id.to_string()).await,
        None => Ok(()),
    };
    let mut tx = frame.begin(&fields).await?;
    let room = store::for_update(&mut tx, id, &frame.asker).await?;
    room.require(Act::Invite)?;
    if let Some(refusal) = refusal(&mut tx, &room).await? {
        fields.refuse("email", refusal);
        return refused(frame, tx, room, fields, StatusCode::CONFLICT).await;
    }
    let Some(address) = address else {
        return refused(frame, tx, room, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    match counted {
        Err(AppError::TooMany { retry_after_seconds }) => {
            let hours = retry_after_seconds.div_euclid(3600) + 1;
            let message = Message::new("consultations-participants-too_many");
            fields.refuse("email", message.with("most", INVITATIONS.most(&mut tx).await?).with("hours", hours));
            return refused(frame, tx, room, fields, StatusCode::TOO_MANY_REQUESTS).await;
        }
        counted => counted?,
    }
    if store::takes_part(&mut tx, room.id(), &address).await? {
        fields.refuse("email", Message::new("consultations-participants-is_in"));
        return refused(frame, tx, room, fields, StatusCode::CONFLICT).await;
    }
    // Who was invited before gets another mail of the same invitation: there is one link that works.
    let invitation = match store::invite_again(&mut tx, room.id(), &address).await? {
        Some(waiting) => waiting,
        None => store::invite(&mut tx, &room, Some(&address), None).await?,
    };
    tx.record(Fact::ParticipantInvited { consultation: room.id(), invitation }).await?;
    tx.see_other(format!("{}?said=sent", room.path("/participants"))).await
}

async fn make_team_link(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    if let Some(refusal) = refusal(&mut tx, &room).await? {
        fields.refuse("person", refusal);
        return refused(frame, tx, room, fields, StatusCode::CONFLICT).await;
    }
    let token = random::token();
    store::revoke_team_links(&mut tx, room.id()).await?;
    let invitation = store::invite(&mut tx, &room, None, Some(random::hashed(&token))).await?;
    tx.record(Fact::ParticipantInvited { consultation: room.id(), invitation }).await?;
    let people = store::attendants(&mut tx, room.id()).await?;
    let invited = store::invited(&mut tx, room.id(), frame.now).await?;
    tx.commit().await?;
    let team_link = Some(frame.platform.config.url(&format!("/invitations/{token}")));
    show(&Participants { frame, room, people, invited, fields: Fields::default(), team_link })
}

async fn revoke(frame: Frame, mut tx: Tx, room: Room, mut fields: Fields) -> Answer {
    let invitation: InvitationId = fields.value("invitation").parse().map_err(|_| AppError::NotFound)?;
    match store::revoke_invitation(&mut tx, room.id(), invitation).await? {
        true => tx.see_other(format!("{}?said=done", room.path("/participants"))).await,
        false => {
            fields.refuse("person", Message::new("consultations-participants-spent"));
            refused(frame, tx, room, fields, StatusCode::CONFLICT).await
        }
    }
}

async fn refusal(tx: &mut Tx, room: &Room) -> Result<Option<Message>, AppError> {
    if !room.stage().is_active() {
        return Ok(Some(Message::new("consultations-participants-over")));
    }
    let guests = store::attendants(tx, room.id()).await?.iter().filter(|p| !p.part.is_host()).count();
    Ok((guests >= MOST_GUESTS).then(|| Message::new("consultations-participants-full").with("most", MOST_GUESTS)))
}

pub(super) async fn refused(frame: Frame, mut tx: Tx, room: Room, fields: Fields, status: StatusCode) -> Answer {
    let people = store::attendants(&mut tx, room.id()).await?;
    let invited = store::invited(&mut tx, room.id(), frame.now).await?;
    show_with(status, &Participants { frame, room, people, invited, fields, team_link: None })
}
