//! `/settings/sign-ins`: the browsers that are signed in; each can be signed out from here, and all at once.

use super::sign_out::forget;
use super::store::{self, Device};
use crate::domain::fact::Fact;
use crate::domain::id::{PersonId, SignInId};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "people/sign_ins.html")]
struct SignIns {
    frame: Frame,
    devices: Vec<Device>,
}

impl SignIns {
    fn is_this(&self, device: &Device) -> bool {
        self.frame.person().is_some_and(|p| p.sign_in == device.id)
    }
}

/// Shows the browsers.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let devices = store::devices(&mut read, person.id, person.rank(), frame.now).await?;
    show(&SignIns { frame, devices })
}

/// Signs one out, all others, or everywhere.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let mut tx = frame.begin(&fields).await?;
    if fields.value("sign_in") == "all" {
        return everywhere(tx, &frame, person.id).await;
    }
    let ended = match fields.value("sign_in") {
        "others" => store::end_others(&mut tx, person.id, person.sign_in).await?,
        id => {
            let id: SignInId = id.parse().map_err(|_| AppError::NotFound)?;
            if !store::delete_sign_in(&mut tx, person.id, id).await? {
                return Err(AppError::NotFound);
            }
            vec![id]
        }
    };
    for sign_in in ended {
        tx.record(Fact::SignedOut { person: person.id, sign_in }).await?;
    }
    tx.see_other("/settings/sign-ins?said=revoked").await
}

async fn everywhere(mut tx: Tx, frame: &Frame, person: PersonId) -> Answer {
    store::end_sign_ins(&mut tx, person).await?;
    tx.record(Fact::SignInsEnded { person }).await?;
    let mut answer = tx.see_other("/?said=signed-out").await?;
    forget(frame, &mut answer)?;
    Ok(answer)
}
