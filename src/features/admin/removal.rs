//! What every removal by an administrator asks: that it is meant, and why. Those concerned read the reason.

use crate::domain::text::Text;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Utc};

/// One removal to confirm.
#[derive(Template)]
#[template(path = "admin/removal.html")]
pub struct Removal {
    pub frame: Frame,
    pub title: &'static str,
    /// What happens, and who is told.
    pub text: &'static str,
    pub facts: Vec<(&'static str, String)>,
    pub since: Option<DateTime<Utc>>,
    /// Where the form is.
    pub path: String,
    pub back: String,
    /// Why it cannot be done.
    pub hindrance: Option<&'static str>,
    pub fields: Fields,
}

impl Removal {
    /// Shows it, and why nothing was done.
    pub fn answer(mut self, status: StatusCode) -> Answer {
        if let Some(key) = self.hindrance.filter(|_| status == StatusCode::CONFLICT) {
            self.fields.refuse("reason", Message::new(key));
        }
        show_with(status, &self)
    }
}

/// The reason that was typed; noted beside its field where it is missing.
pub fn reason(fields: &mut Fields) -> Option<String> {
    fields.required::<Text<2000>>("reason").map(|reason| reason.as_str().to_owned())
}
