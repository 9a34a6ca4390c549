//! An administrator closes a call, for a reason that its hosts read.

use super::store::{self, Call};
use crate::domain::call::Stage;
use crate::domain::fact::Fact;
use crate::domain::id::{CallId, MeasureId, PersonId};
use crate::domain::measure::Act;
use crate::features::people::{self, Measure};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::{Mail, unlinked};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// Closes it. False where its stage does not allow that.
pub async fn shut(tx: &mut Tx, call: &Call, by: PersonId, reason: &str) -> Result<bool, AppError> {
    let Ok(closed) = call.stage.close(call.id) else { return Ok(false) };
    let measure = people::take_measure(tx, Act::CloseCall, call.id.0, by, reason).await?;
    store::save(tx, call.id, closed).await?;
    tx.record(Fact::CallMeasureTaken { call: call.id, measure }).await?;
    Ok(true)
}

/// Why and when an administrator closed the call, while it is closed by that.
pub(super) async fn closure(conn: &mut PgConnection, call: &Call) -> Result<Option<Measure>, AppError> {
    if call.stage != Stage::Closed {
        return Ok(None);
    }
    let last = people::last_measure(conn, Act::CloseCall, call.id.0).await?;
    Ok(last.filter(|measure| measure.taken_at == call.stage_since))
}

/// Tells each host.
#[derive(Serialize, Deserialize)]
pub struct ClosureMails {
    pub call: CallId,
    pub measure: MeasureId,
}

impl Job for ClosureMails {
    const KIND: &'static str = "calls.closure_mails";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        for host in store::hosts(&mut tx, self.call).await? {
            tx.enqueue_now(ClosureMail { call: self.call, measure: self.measure, to: host.person }).await?;
        }
        Ok(Outcome::DoneWith(tx))
    }
}

/// Tells one host, and why.
#[derive(Serialize, Deserialize)]
pub struct ClosureMail {
    pub call: CallId,
    pub measure: MeasureId,
    pub to: PersonId,
}

impl Job for ClosureMail {
    const KIND: &'static str = "calls.closure_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let Some(call) = store::find(&mut tx, self.call).await? else { return Ok(Outcome::Done) };
        let Some(measure) = people::measure(&mut tx, self.measure).await? else { return Ok(Outcome::Done) };
        if !store::hosts(&mut tx, self.call).await?.iter().any(|host| host.person == self.to) {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("calls-mail-shut-subject").saying("call", &call.title))
            .line(speech.t("calls-mail-shut-text").saying("call", &call.title))
            .line(speech.t("consultations-mail-emergency-reason").saying("reason", unlinked(&measure.reason)))
            .action(
                speech.t("calls-mail-suspended-open"),
                run.platform.config.url(&format!("/calls/{}/opening", call.id)),
            );
        Ok(Outcome::Send(tx, Box::new(mail)))
    }
}
