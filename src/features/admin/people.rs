//! `/admin/people`: everyone on the instance, and who may host.

use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::features::calls;
use crate::features::people::{self, Listed};
use crate::platform::addresses;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;

/// People on one page; one more tells that there are others.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "admin/people.html")]
struct People {
    frame: Frame,
    search: String,
    people: Vec<Listed>,
    next: Option<PersonId>,
    fields: Fields,
}

impl People {
    fn next_path(&self, after: &PersonId) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("search", &self.search)
            .append_pair("after", &after.to_string())
            .finish();
        format!("/admin/people?{query}")
    }
}

/// Lists people by name or address.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let search: String = frame.asked("search").trim().chars().take(100).collect();
    let mut people = people::list(&mut read, &search, frame.asked("after").parse().ok()).await?;
    let next = (people.len() > MOST).then(|| people[MOST - 1].id);
    people.truncate(MOST);
    show(&People { frame, search, people, next, fields: Fields::default() })
}

/// Gives the host part, or takes it back; lets mails go out again.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let person: PersonId = fields.value("person").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(&fields).await?;
    let act = fields.one_of("act", ["grant", "withdraw", "restore"])?;
    if act == "restore" {
        let address = people::receiver(&mut tx, person).await?.address;
        addresses::restore(&mut tx, &address, person).await?;
        return tx.see_other("/admin/people?said=done").await;
    }
    people::lock(&mut tx, person).await?;
    let (done, fact) = match act {
        "withdraw" => {
            calls::grant::rest_all_of(&mut tx, person).await?;
            (people::withdraw_host(&mut tx, person).await?, Fact::HostWithdrawn { person })
        }
        _ if people::is_kept_from_hosting(&mut tx, person).await? => {
            fields.refuse("person", Message::new("admin-people-kept"));
            return refused(tx, frame, person, fields).await;
        }
        _ => (people::grant_host(&mut tx, person, frame.now).await?, Fact::HostGranted { person }),
    };
    if !done {
        return Err(AppError::NotFound);
    }
    tx.record(fact).await?;
    tx.see_other("/admin/people?said=done").await
}

/// The person alone, with why not.
async fn refused(tx: Tx, frame: Frame, person: PersonId, fields: Fields) -> Answer {
    drop(tx);
    let mut read = frame.read().await?;
    let search = people::receiver(&mut read, person).await?.address.as_str().to_owned();
    let mut people = people::list(&mut read, &search, None).await?;
    people.truncate(MOST);
    show_with(StatusCode::CONFLICT, &People { frame, search, people, next: None, fields })
}
