//! `/admin/people`: everyone on the instance, and who may host.

use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::features::calls;
use crate::features::people::{self, Listed};
use crate::platform::addresses;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show};
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
    show(&People { frame, search, people, next })
}

/// Gives the host part, or takes it back; lets mails go out again.
pub async fn post(frame: Frame, fields: Fields) -> Answer {
    let person: PersonId = fields.value("person").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = frame.begin(&fields).await?;
    let act = fields.one_of("act", ["grant", "withdraw", "restore"])?;
    if act == "restore" {
        let address = people::receiver(&mut tx, person).await?.address;
        addresses::restore(&mut tx, &address, person).await?;
        return tx.see_other("/admin/people?said=done").await;
    }
    let (done, fact) = match act {
        "withdraw" => {
            calls::grant::rest_all_of(&mut tx, person).await?;
            (people::withdraw_host(&mut tx, person).await?, Fact::HostWithdrawn { person })
        }
        _ => (people::grant_host(&mut tx, person, frame.now).await?, Fact::HostGranted { person }),
    };
    if !done {
        return Err(AppError::NotFound);
    }
    tx.record(fact).await?;
    tx.see_other("/admin/people?said=done").await
}
