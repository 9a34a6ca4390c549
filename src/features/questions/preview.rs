//! `/consultations/{consultation}/questions/preview`: a text as it will look, as a piece of HTML
//! for the script of the same name. Without JavaScript the form itself comes back with it.

use super::writing;
use crate::domain::id::ConsultationId;
use crate::features::consultations;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Path;

/// Draws the text; stores nothing.
pub async fn post(frame: Frame, id: Path<ConsultationId>, fields: Fields) -> Answer {
    consultations::for_participant(&mut *frame.read().await?, *id, &frame.asker).await?;
    let html = writing::rendered(fields.value("text"));
    Ok(HttpResponse::Ok().content_type(ContentType::html()).body(html.to_string()))
}
