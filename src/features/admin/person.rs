//! `/admin/people/{person}`: what was decided over somebody, and deciding: a warning, no applications, no
//! hosting, a closed account. Each has a reason that the person reads, and one appeal that another answers.
//! Beside that, whether they administer, and their sign-ins.

use crate::domain::fact::Fact;
use crate::domain::id::{PersonId, SanctionId};
use crate::domain::sanction::{Kind, Refused};
use crate::domain::text::Text;
use crate::features::calendars::{self, Connection};
use crate::features::calls;
use crate::features::people::mails::{AccountChange, AccountMail};
use crate::features::people::{self, Decided, Sanctioned};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use chrono::TimeDelta;
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "admin/person.html")]
struct Person {
    frame: Frame,
    id: PersonId,
    name: String,
    email: String,
    is_disabled: bool,
    is_administrator: bool,
    sanctions: Vec<Sanctioned>,
    calendars: Vec<Connection>,
    fields: Fields,
    /// The sanction whose form was refused.
    refused: Option<SanctionId>,
}

impl Person {
    fn path(&self) -> String {
        format!("/admin/people/{}", self.id)
    }

    fn kinds(&self) -> [Kind; 4] {
        Kind::ALL
    }

    fn is_in_force(&self, found: &Sanctioned) -> bool {
        found.sanction.is_in_force(self.frame.now)
    }

    fn waits(&self, found: &Sanctioned) -> bool {
        found.sanction.appealed_at.is_some() && found.sanction.concluded_at.is_none()
    }

    fn is_oneself(&self) -> bool {
        self.frame.person().is_some_and(|me| me.id == self.id)
    }

    /// Whoever decided cannot answer, nor whom it is about.
    fn may_answer(&self, found: &Sanctioned) -> bool {
        let me = self.frame.person().map(|me| me.id);
        self.waits(found) && me.is_some_and(|me| found.sanction.conclude(me, true, self.frame.now).is_ok())
    }

    fn may_lift(&self, found: &Sanctioned) -> bool {
        self.is_in_force(found) && !self.is_oneself()
    }

    fn is_refused(&self, found: &Sanctioned) -> bool {
        self.refused == Some(found.sanction.id)
    }
}

async fn page(conn: &mut PgConnection, frame: Frame, id: PersonId, fields: Fields) -> Result<Person, AppError> {
    people::require(&mut *conn, id).await?;
    let receiver = people::receiver(&mut *conn, id).await?;
    let is_disabled = people::is_disabled(&mut *conn, id).await?;
    let is_administrator = people::administrators(&mut *conn).await?.contains(&id);
    let sanctions = people::sanctions_of(&mut *conn, id).await?;
    let calendars = calendars::connections_of(conn, id).await?;
    let email = receiver.address.as_str().to_owned();
    let name = receiver.name;
    Ok(Person { frame, id, name, email, is_disabled, is_administrator, sanctions, calendars, fields, refused: None })
}

/// Shows the person and what was decided.
pub async fn get(frame: Frame, id: Path<PersonId>) -> Answer {
    let mut read = frame.read().await?;
    show(&page(&mut read, frame, *id, Fields::default()).await?)
}

/// Decides, lifts, or answers an appeal; makes an administrator or takes that back; ends all sign-ins.
pub async fn post(frame: Frame, id: Path<PersonId>, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    if fields.value("act") == "dismiss" {
        people::privacy::lock_administrators(&mut tx).await?;
    }
    people::lock(&mut tx, *id).await?;
    match fields.one_of("act", ["decide", "lift", "uphold", "concede", "appoint", "dismiss", "sign-out"])? {
        "decide" => decide(tx, frame, *id, me, fields).await,
        "appoint" => appoint(tx, frame, *id, fields).await,
        "dismiss" => dismiss(tx, frame, *id, me, fields).await,
        "sign-out" => sign_out(tx, *id).await,
        act => {
            let sanction: SanctionId = fields.value("sanction").parse().map_err(|_| AppError::NotFound)?;
            let found = people::locked_sanction(&mut tx, sanction).await?;
            if found.sanction.person != *id {
                return Err(AppError::NotFound);
            }
            let (moved, answer) = match act {
                "lift" => (found.sanction.lift(me, frame.now), None),
                _ => {
                    (found.sanction.conclude(me, act == "concede", frame.now), fields.required::<Text<4000>>("answer"))
                }
            };
            let is_answered = act == "lift" || answer.is_some();
            match moved {
                Ok(moved) if is_answered => {
                    let texts = (None, answer.as_ref().map(Text::as_str));
                    people::save_sanction(&mut tx, moved, texts, Some(me)).await?;
                    tx.see_other(format!("/admin/people/{id}?said=done")).await
                }
                Ok(_) => refused(tx, frame, *id, fields, (StatusCode::UNPROCESSABLE_ENTITY, Some(sanction))).await,
                Err(why) => {
                    fields.refuse("answer", Message::new(key(why)));
                    refused(tx, frame, *id, fields, (StatusCode::CONFLICT, Some(sanction))).await
                }
            }
        }
    }
}

async fn decide(mut tx: Tx, frame: Frame, person: PersonId, me: PersonId, mut fields: Fields) -> Answer {
    let kind = Kind::parse(fields.value("kind"));
    let reason = fields.required::<Text<2000>>("reason");
    let days = match fields.value("days") {
        "" => None,
        typed => match typed.parse::<i64>() {
            Ok(days @ 1..=366) => Some(days),
            _ => {
                fields.refuse("days", Message::new("admin-person-days_range"));
                None
            }
        },
    };
    if kind.is_none() {
        fields.refuse("kind", Message::new("field-choice"));
    }
    let takes_part = matches!(kind, Some(Kind::Hosting | Kind::Account));
    if takes_part && person == me {
        fields.refuse("kind", Message::new("admin-person-self"));
    } else if kind == Some(Kind::Account) && people::administrators(&mut tx).await?.contains(&person) {
        // Whoever closes the account of an administrator takes that part from them first.
        fields.refuse("kind", Message::new("admin-person-administrator"));
    }
    let (Some(kind), Some(reason), false) = (kind, reason, fields.is_refused()) else {
        return refused(tx, frame, person, fields, (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
    };
    // Only applying comes back by itself: the others are given back by somebody who looked again.
    let ends_at = days.filter(|_| kind == Kind::Applying).map(|days| frame.now + TimeDelta::days(days));
    if takes_part && people::holds_grant(&mut tx, person).await? {
        calls::grant::rest_all_of(&mut tx, person).await?;
    }
    people::sanction(&mut tx, Decided { person, kind, reason: reason.as_str(), ends_at, by: me }).await?;
    tx.see_other(format!("/admin/people/{person}?said=done")).await
}

async fn appoint(mut tx: Tx, frame: Frame, person: PersonId, mut fields: Fields) -> Answer {
    if people::is_disabled(&mut tx, person).await? {
        fields.refuse("part", Message::new("admin-person-closed"));
        return refused(tx, frame, person, fields, (StatusCode::CONFLICT, None)).await;
    }
    if people::grant_administrator(&mut tx, person, frame.now).await? {
        tx.record(Fact::AdministratorGranted { person }).await?;
    }
    tx.see_other(format!("/admin/people/{person}?said=done")).await
}

/// Behind the lock of all who administer: two who dismiss each other leave one of them.
async fn dismiss(mut tx: Tx, frame: Frame, person: PersonId, me: PersonId, mut fields: Fields) -> Answer {
    let why = match person == me {
        true => Some("admin-person-self"),
        false => people::privacy::is_last_administrator(&mut tx, person).await?.then_some("admin-person-last"),
    };
    if let Some(why) = why {
        fields.refuse("part", Message::new(why));
        return refused(tx, frame, person, fields, (StatusCode::CONFLICT, None)).await;
    }
    if people::withdraw_administrator(&mut tx, person).await? {
        tx.record(Fact::AdministratorWithdrawn { person }).await?;
    }
    tx.see_other(format!("/admin/people/{person}?said=done")).await
}

async fn sign_out(mut tx: Tx, person: PersonId) -> Answer {
    people::end_sign_ins(&mut tx, person).await?;
    tx.record(Fact::SignInsEnded { person }).await?;
    tx.enqueue_now(AccountMail { person, change: AccountChange::SignInsEnded }).await?;
    tx.see_other(format!("/admin/people/{person}?said=done")).await
}

async fn refused(
    tx: Tx,
    frame: Frame,
    person: PersonId,
    fields: Fields,
    (status, about): (StatusCode, Option<SanctionId>),
) -> Answer {
    drop(tx);
    let mut read = frame.read().await?;
    let page = page(&mut read, frame, person, fields).await?;
    show_with(status, &Person { refused: about, ..page })
}

fn key(refused: Refused) -> &'static str {
    match refused {
        Refused::Oneself => "admin-person-self",
        Refused::OwnDecision => "admin-person-own_decision",
        Refused::NoAppeal | Refused::Appealed | Refused::TooLate => "admin-person-no_appeal",
        Refused::Over => "admin-person-over",
    }
}
