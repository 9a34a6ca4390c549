//! `/applications/{application}/withdrawal`: the applicant takes it back.

use super::store::{self, Seen};
use crate::domain::id::ApplicationId;
use crate::domain::text::Text;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "applications/withdrawal.html")]
struct Withdrawal {
    frame: Frame,
    seen: Seen,
    fields: Fields,
}

impl Withdrawal {
    fn is_possible(&self) -> bool {
        self.seen.application.stage.is_waiting()
    }
}

/// Says what withdrawing means.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_applicant()?;
    show(&Withdrawal { frame, seen, fields: Fields::default() })
}

/// Withdraws.
pub async fn post(frame: Frame, id: Path<ApplicationId>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_applicant()?;
    let reason = fields.optional::<Text<1000>>("reason").map(|reason| reason.as_str().to_owned());
    if fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Withdrawal { frame, seen, fields });
    }
    match seen.application.clone().withdraw(reason, frame.now) {
        Ok(moved) => {
            store::save(&mut tx, moved).await?;
            tx.see_other("/applications?said=done").await
        }
        Err(_) => {
            fields.refuse("reason", Message::new("applications-show-not_now"));
            show_with(StatusCode::CONFLICT, &Withdrawal { frame, seen, fields })
        }
    }
}
