//! `/notifications/{token}`: no more mails of one topic, from the link of such a mail. A GET asks and
//! changes nothing, as programs open links before people do; one POST does it, also that of a mail
//! program (RFC 8058).

use crate::domain::fact::Fact;
use crate::domain::notice::{Delivery, Topic};
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::notices;
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "people/unsubscribing.html")]
struct Page {
    frame: Frame,
    topic: Topic,
    token: String,
    is_done: bool,
}

/// Asks.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let (_, topic) = notices::of_key(&mut read, &token).await?;
    show(&Page { frame, topic, token: token.into_inner(), is_done: false })
}

/// Ends the mails of the topic. Twice is the same as once; the link serves until it is old.
pub async fn post(frame: Frame, token: Path<String>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let (person, topic) = notices::of_key(&mut tx, &token).await?;
    notices::choose(&mut tx, person, topic, Delivery::Never).await?;
    tx.record(Fact::NotificationsChosen { person }).await?;
    tx.commit().await?;
    show(&Page { frame, topic, token: token.into_inner(), is_done: true })
}
