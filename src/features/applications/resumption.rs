//! An application that goes on from a consultation: by the same rules as any other, and it names the
//! former one.

use super::new::{hindrance, wait_if_full};
use super::store::{self, Sent};
use super::wishes::Wishes;
use crate::domain::application::end_of_day;
use crate::domain::id::{ApplicationId, ConsultationId, PersonId};
use crate::domain::person::Locale;
use crate::features::calls::Call;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Message;

/// What it says.
pub struct Resumption<'a> {
    pub call: &'a Call,
    pub applicant: PersonId,
    pub former: ConsultationId,
    pub summary: &'a str,
    pub wished_minutes: i32,
    pub locale: Locale,
}

/// Sends it, or says why it cannot be sent now. The caller locked the call.
pub async fn resume(tx: &mut Tx, again: Resumption<'_>) -> Result<Result<ApplicationId, Message>, AppError> {
    if let Some(hindrance) = hindrance(tx, again.call, again.applicant).await? {
        return Ok(Err(hindrance));
    }
    let sent = Sent {
        call: again.call,
        applicant: again.applicant,
        former: Some(again.former),
        summary: again.summary,
        wishes: &Wishes { minutes: again.wished_minutes, kinds: Vec::new(), locale: again.locale },
        due_at: end_of_day(tx.now(), again.call.reply_days.into(), again.call.host_zone.0),
    };
    let Ok(id) = store::insert(tx, sent).await? else {
        return Ok(Err(Message::new("applications-new-already")));
    };
    wait_if_full(tx, again.call, id).await?;
    Ok(Ok(id))
}
