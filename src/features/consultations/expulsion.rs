//! An administrator removes a guest: the one who goes, the hosts and the lead are told why.

use super::store::{self, Attendant};
use crate::domain::consultation::Part;
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, MeasureId, PersonId};
use crate::domain::measure::{Act, Stays, may_remove_guest};
use crate::features::{calls, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, unlinked};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// Somebody in a consultation, as far as an administrator learns of it.
pub struct Expelled {
    pub name: String,
    pub part: Part,
    pub call_title: String,
    /// Why they stay.
    pub stays: Option<Stays>,
    follower: Option<PersonId>,
}

/// Looks whether somebody could be removed; `NotFound` for whoever is not in it.
pub async fn expellable(conn: &mut PgConnection, id: ConsultationId, person: PersonId) -> Result<Expelled, AppError> {
    let consultation = store::system(&mut *conn, id).await?;
    let call = calls::find(&mut *conn, consultation.call).await?.ok_or(AppError::NotFound)?;
    let people = store::attendants(conn, id).await?;
    let follows = |other: &&Attendant| other.part == Part::Member && other.person != person;
    let follower = people.iter().find(follows).map(|other| other.person);
    let whom = people.into_iter().find(|whom| whom.person == person).ok_or(AppError::NotFound)?;
    let stays = may_remove_guest(whom.part, consultation.stage.goes_on(), follower.is_some()).err();
    Ok(Expelled { name: whom.name, part: whom.part, call_title: call.title, stays, follower })
}

/// Removes a guest, with the links that they know.
pub async fn expel(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
    by: PersonId,
    reason: &str,
) -> Result<Result<(), Stays>, AppError> {
    store::lock(tx, id).await?;
    let whom = expellable(tx, id, person).await?;
    if let Some(stays) = whom.stays {
        return Ok(Err(stays));
    }
    if let (Part::Lead, Some(next)) = (whom.part, whom.follower) {
        store::set_lead(tx, id, next).await?;
        tx.record(Fact::LeadHandedOver { consultation: id, person: next }).await?;
    }
    store::depart(tx, id, person, by).await?;
    store::revoke_team_links(tx, id).await?;
    store::revoke_invitations_of(tx, id, person).await?;
    let measure = people::take_measure(tx, Act::RemoveParticipant, person.0, by, reason).await?;
    tx.record(Fact::ParticipantExpelled { consultation: id, person, measure }).await?;
    Ok(Ok(()))
}

/// Tells those concerned.
#[derive(Serialize, Deserialize)]
pub struct ExpulsionMails {
    pub consultation: ConsultationId,
    pub person: PersonId,
    pub measure: MeasureId,
}

impl Job for ExpulsionMails {
    const KIND: &'static str = "consultations.expulsion_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let people = store::attendants(&mut tx, self.consultation).await?;
        let staying = people.into_iter().filter(|a| a.part.is_host() || a.part == Part::Lead).map(|a| a.person);
        let (consultation, person, measure) = (self.consultation, self.person, self.measure);
        for to in staying.chain([self.person]) {
            tx.enqueue_now(ExpulsionMail { consultation, person, measure, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of them.
#[derive(Serialize, Deserialize)]
pub struct ExpulsionMail {
    pub consultation: ConsultationId,
    pub person: PersonId,
    pub measure: MeasureId,
    pub to: PersonId,
}

impl Job for ExpulsionMail {
    const KIND: &'static str = "consultations.expulsion_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(measure) = people::measure(&mut tx, self.measure).await? else { return Ok(Outcome::Done) };
        let is_theirs = self.to == self.person;
        if !is_theirs && !store::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let title = store::system(&mut tx, self.consultation).await?.title;
        let name = people::receiver(&mut tx, self.person).await?.name;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let text = match is_theirs {
            true => speech.t("consultations-mail-expelled-text"),
            false => speech.t("consultations-mail-expelled-text_others").saying("name", &name),
        };
        let mail = Mail::to(&receiver, speech.t("consultations-mail-expelled-subject").saying("title", &title))
            .line(text.saying("title", &title))
            .line(speech.t("consultations-mail-emergency-reason").saying("reason", unlinked(&measure.reason)));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
