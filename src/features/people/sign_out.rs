//! `/sign-out`: ends this browser's sign-in.

use super::store;
use crate::domain::fact::Fact;
use crate::platform::asker::cookie_name;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::cookie::time;
use actix_web::http::header::{HeaderName, HeaderValue};

/// Signs out.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let person = frame.person().ok_or(AppError::SignInNeeded)?;
    let mut tx = frame.begin(&fields).await?;
    store::delete_sign_in(&mut tx, person.id, person.sign_in).await?;
    tx.record(Fact::SignedOut { person: person.id, sign_in: person.sign_in }).await?;
    let mut answer = tx.see_other("/?said=signed-out").await?;
    forget(&frame, &mut answer)?;
    Ok(answer)
}

/// Takes the sign-in and what it showed out of the browser.
pub fn forget(frame: &Frame, answer: &mut HttpResponse) -> Result<(), AppError> {
    let gone = super::sign_in::cookie(
        &frame.platform,
        cookie_name(frame.platform.config.is_local()),
        String::new(),
        time::Duration::ZERO,
    );
    answer.add_cookie(&gone).map_err(|e| AppError::Unexpected(e.into()))?;
    answer
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(())
}
