//! `/settings/notifications`: which mails come at once, once a day, or never; what needs an answer
//! always comes.

use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::notice::{Delivery, Topic};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::notices;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "people/notifications.html")]
struct Page {
    frame: Frame,
    fields: Fields,
}

impl Page {
    fn topics(&self) -> [Topic; 6] {
        Topic::ALL
    }

    fn hours(&self) -> std::ops::Range<i16> {
        0..24
    }

    fn is_hour(&self, hour: &i16) -> bool {
        self.fields.value("hour") == hour.to_string()
    }
}

/// Shows what is chosen.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let mut fields = Fields::of(&[("hour", &notices::digest_hour(&mut read, me).await?.to_string())]);
    for (topic, delivery) in notices::deliveries(&mut read, me).await? {
        fields.set(topic.as_str(), delivery.as_str());
    }
    show(&Page { frame, fields })
}

/// Stores what is chosen.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let (mut tx, me) = (frame.begin(&fields).await?, frame.asker.id()?);
    let chosen = Topic::ALL.map(|topic| (topic, chosen(&mut fields, topic)));
    let hour = fields.value("hour").parse::<i16>().ok().filter(|hour| (0..24).contains(hour));
    if hour.is_none() {
        fields.refuse("hour", Message::new("field-choice"));
    }
    let (Some(hour), false) = (hour, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { frame, fields });
    };
    store(&mut tx, me, chosen, hour).await?;
    tx.see_other("/settings/notifications?said=saved").await
}

fn chosen(fields: &mut Fields, topic: Topic) -> Option<Delivery> {
    let delivery = Delivery::parse(fields.value(topic.as_str())).filter(|d| topic.choices().contains(d));
    if delivery.is_none() {
        fields.refuse(topic.as_str(), Message::new("field-choice"));
    }
    delivery
}

async fn store(
    tx: &mut Tx,
    person: PersonId,
    chosen: [(Topic, Option<Delivery>); 6],
    hour: i16,
) -> Result<(), AppError> {
    for (topic, delivery) in chosen {
        if let Some(delivery) = delivery {
            notices::choose(tx, person, topic, delivery).await?;
        }
    }
    notices::choose_hour(tx, person, hour).await?;
    tx.record(Fact::NotificationsChosen { person }).await
}
