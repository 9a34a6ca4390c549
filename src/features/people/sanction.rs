//! `/sanctions/{token}`: what administrators decided over somebody, and their one appeal. Its mailed link is
//! enough: whose account is closed cannot sign in.

use super::store::{self, Sanctioned};
use crate::domain::sanction::Refused;
use crate::domain::text::Text;
use crate::platform::error::Answer;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Template)]
#[template(path = "people/sanction.html")]
struct Page {
    frame: Frame,
    token: String,
    found: Sanctioned,
    /// Whether the account is closed: what its settings offer is offered here.
    is_closed: bool,
    fields: Fields,
}

impl Page {
    /// The last whole day on which it may be appealed, while it may.
    fn until(&self) -> Option<DateTime<Utc>> {
        self.found.sanction.appeal(self.frame.now).ok()?;
        Some(self.found.sanction.appeal_until() - TimeDelta::days(1))
    }

    /// Where it stands.
    fn state(&self) -> &'static str {
        let sanction = &self.found.sanction;
        match (sanction.lifted_at, sanction.concluded_at, sanction.appealed_at) {
            (Some(_), _, _) => "people-sanction-lifted",
            (_, Some(_), _) => "people-sanction-upheld",
            (_, _, Some(_)) => "people-sanction-appealed",
            _ if self.until().is_none() => "people-sanction-too_late",
            _ => "people-sanction-open",
        }
    }
}

/// Shows the decision.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let found = store::sanction_of_link(&mut read, &random::hashed(&token)).await?;
    let is_closed = store::is_disabled(&mut read, found.sanction.person).await?;
    show(&Page { frame, token: token.into_inner(), found, is_closed, fields: Fields::default() })
}

/// Appeals.
pub async fn post(frame: Frame, token: Path<String>, mut fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let id = store::sanction_of_link(&mut tx, &random::hashed(&token)).await?.sanction.id;
    let found = store::locked_sanction(&mut tx, id).await?;
    let is_closed = store::is_disabled(&mut tx, found.sanction.person).await?;
    let body = fields.required::<Text<4000>>("body");
    let token = token.into_inner();
    match (found.sanction.appeal(frame.now), body) {
        (Ok(moved), Some(body)) => {
            store::save_sanction(&mut tx, moved, (Some(body.as_str()), None), None).await?;
            tx.see_other(format!("/sanctions/{token}?said=sent")).await
        }
        (Ok(_), None) => show_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { frame, token, found, is_closed, fields }),
        (Err(refused), _) => {
            fields.refuse("body", Message::new(key(refused)));
            show_with(StatusCode::CONFLICT, &Page { frame, token, found, is_closed, fields })
        }
    }
}

/// Key of why it cannot be appealed any more.
fn key(refused: Refused) -> &'static str {
    match refused {
        Refused::Appealed | Refused::NoAppeal | Refused::OwnDecision | Refused::Oneself => "people-sanction-appealed",
        Refused::TooLate => "people-sanction-too_late",
        Refused::Over => "people-sanction-lifted",
    }
}
