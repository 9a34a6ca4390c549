//! An administrator removes material for a reason of law: its bytes go at once, also what was kept for whoever
//! shared it. What it held is not shown to the administrator.

use super::store::{self, Shared};
use crate::domain::id::{MaterialId, MeasureId, PersonId};
use crate::domain::material::Step;
use crate::domain::measure::Act;
use crate::features::{consultations, people};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, unlinked};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// Material as far as an administrator learns of it without reading the consultation.
pub async fn for_takedown(conn: &mut PgConnection, id: MaterialId) -> Result<Shared, AppError> {
    let room = store::room_of(&mut *conn, id).await?.ok_or(AppError::NotFound)?;
    store::material(conn, room, id).await
}

/// Removes material; false where nothing of it is left.
pub async fn take_down(tx: &mut Tx, id: MaterialId, by: PersonId, reason: &str) -> Result<bool, AppError> {
    let room = store::room_of(tx, id).await?.ok_or(AppError::NotFound)?;
    consultations::lock(tx, room).await?;
    let shared = store::material(tx, room, id).await?;
    let measure = people::take_measure(tx, Act::RemoveMaterial, id.0, by, reason).await?;
    let Some(moved) = shared.material.take(Step::TakeDown { measure }).filter(|_| shared.has_anything()) else {
        return Ok(false);
    };
    let now = tx.now();
    store::save_material(tx, moved, Some(now)).await?;
    Ok(true)
}

/// Tells whoever shared it, and the owner of the call.
#[derive(Serialize, Deserialize)]
pub struct TakedownMails {
    pub material: MaterialId,
    pub measure: MeasureId,
}

impl Job for TakedownMails {
    const KIND: &'static str = "questions.takedown_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let shared = for_takedown(&mut tx, self.material).await?;
        let people = consultations::attendants(&mut tx, shared.material.consultation).await?;
        let hosts = people.into_iter().filter(|a| a.part.is_host()).map(|a| a.person);
        let owner = shared.material.owner;
        for to in hosts.filter(|host| *host != owner).chain([owner]) {
            tx.enqueue_now(TakedownMail { material: self.material, measure: self.measure, to }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one of them.
#[derive(Serialize, Deserialize)]
pub struct TakedownMail {
    pub material: MaterialId,
    pub measure: MeasureId,
    pub to: PersonId,
}

impl Job for TakedownMail {
    const KIND: &'static str = "questions.takedown_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(measure) = people::measure(&mut tx, self.measure).await? else { return Ok(Outcome::Done) };
        let shared = for_takedown(&mut tx, self.material).await?;
        let is_theirs = self.to == shared.material.owner;
        if !is_theirs && !consultations::is_in(&mut tx, shared.material.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let title = consultations::system(&mut tx, shared.material.consultation).await?.title;
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let text = match is_theirs {
            true => speech.t("questions-mail-taken_down-text"),
            false => speech.t("questions-mail-taken_down-text_others").saying("name", &shared.owner),
        };
        let mail = Mail::to(&receiver, speech.t("questions-mail-taken_down-subject").saying("title", &title))
            .line(text.saying("title", &title).with("day", speech.day_of(measure.taken_at)))
            .line(speech.t("consultations-mail-emergency-reason").saying("reason", unlinked(&measure.reason)));
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
