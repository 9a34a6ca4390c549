//! `/settings/profile`: name, language and zone of a person; word, text and site of a host. The
//! zone is asked, never guessed silently: browsers that protect their users say UTC. Where hours or
//! sessions hang on it, another zone is stored by `/availability/zone`, which shows first what moves.

use super::store::{self, Chosen, Profile, SlugTaken};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::person::{DisplayName, Locale, Slug, TimeZone};
use crate::domain::policy::Policy;
use crate::domain::text::Text;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, WebAddress};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use crate::platform::policies;
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "people/profile.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    profile: Profile,
}

impl Page {
    fn zones(&self) -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }
}

/// Shows the profile.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let profile = store::profile(&mut read, frame.asker.id()?).await?;
    // A new person is spoken to in the language of the page they came from.
    let locale = if profile.is_settled { &profile.locale } else { frame.lang() };
    let fields = Fields::of(&[
        ("name", &profile.name),
        ("locale", locale),
        ("time_zone", &profile.time_zone),
        ("slug", profile.slug.as_deref().unwrap_or_default()),
        ("about", &profile.about),
        ("site_url", profile.site_url.as_deref().unwrap_or_default()),
        ("next", &frame.asked("next")),
    ]);
    show(&Page { frame, fields, profile })
}

/// Stores the profile.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let person = frame.asker.id()?;
    let name = fields.required::<DisplayName>("name");
    let locale = fields.required::<Locale>("locale");
    let zone = fields.required::<TimeZone>("time_zone");
    let mut tx = frame.begin(&fields).await?;
    let profile = store::profile(&mut tx, person).await?;
    if profile.is_host {
        save_host(&mut tx, person, &mut fields).await?;
    }
    let (Some(name), Some(locale), Some(zone), false) = (name, locale, zone, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { frame, fields, profile });
    };
    store::save_profile(&mut tx, person, &Chosen { name, locale }, frame.now).await?;
    if !profile.is_settled {
        policies::accept(&mut tx, person, &Policy::ALL).await?;
    }
    tx.record(Fact::ProfileChanged { person }).await?;
    let old = frame.speech.zone;
    if zone.0 != old && (frame.platform.later.is_hosting)(&mut tx, person, old, frame.now).await? {
        // A plus sign in a query is a space, and `Etc/GMT+9` a zone.
        let name: String = url::form_urlencoded::byte_serialize(zone.name().as_bytes()).collect();
        return tx.see_other(format!("/availability/zone?zone={name}&said=saved")).await;
    }
    if zone.0 != old {
        store::move_to(&mut tx, person, zone).await?;
    }
    let next = match fields.value("next") {
        "" => "/settings/profile?said=saved".to_owned(),
        next => super::way::safe_next(next),
    };
    tx.see_other(next).await
}

async fn save_host(tx: &mut Tx, person: PersonId, fields: &mut Fields) -> Result<(), AppError> {
    let slug = fields.required::<Slug>("slug");
    let about = fields.optional::<Text<2000>>("about");
    let site = fields.optional::<WebAddress>("site_url");
    let (Some(slug), false) = (slug, fields.is_refused()) else { return Ok(()) };
    let about = about.as_ref().map_or("", Text::as_str);
    if let Err(SlugTaken) = store::save_host(tx, person, &slug, about, site.as_ref().map(|s| s.0.as_str())).await? {
        fields.refuse("slug", Message::new("people-profile-slug_taken"));
    }
    Ok(())
}
