//! `/drafts/{form}/{subject}`: keeps what somebody types, while they type it. Which forms there are
//! is known here; what is in them is the forms' own.

use crate::domain::text::Line;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Many;
use crate::platform::limit::table::DRAFTS;
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::web::Path;

/// Forms whose text is kept while it is written.
const FORMS: [&str; 25] = [
    "call",
    "application",
    "application-note",
    "answer",
    "request",
    "item",
    "post",
    "goal",
    "library",
    "private-note",
    "host-note",
    "takeaways",
    "note",
    "action",
    "no-show",
    "feedback",
    "follow-up",
    "wording",
    "report",
    "cancellation",
    "refusal",
    "abuse-report",
    "complaint",
    "preview",
    "again",
];

/// Characters of a subject: an ID, or two.
const LONGEST_SUBJECT: usize = 80;

/// Keeps the fields; answers nothing.
pub async fn post(frame: Frame, path: Path<(String, String)>, Many(fields): Many) -> Answer {
    let (form, subject) = path.into_inner();
    let person = frame.asker.id()?;
    if !FORMS.contains(&form.as_str()) {
        return Err(AppError::NotFound);
    }
    if Line::<LONGEST_SUBJECT>::parse(&subject).is_err() {
        return Err(AppError::Unprocessable("the subject of a draft is an ID"));
    }
    DRAFTS.take(&frame.platform, &person.to_string()).await?;
    let mut tx = frame.begin(&fields).await?;
    drafts::keep(&mut tx, person, &form, &subject, &fields, frame.now).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
