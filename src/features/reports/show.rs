//! `/reports/{series}/{number}`: a published report, whole, with the call that it came from. A
//! hidden one is gone.

use super::drawn::{Drawn, Words};
use super::gone::gone;
use super::store::{self, Listed, Once, Series};
use crate::domain::person::Locale;
use crate::domain::report::{Stage, passages};
use crate::features::calls::{self, Call, CallBox};
use crate::features::feedback;
use crate::platform::error::{Answer, AppError};
use crate::platform::markdown::Html;
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "reports/show.html")]
struct Show {
    frame: Frame,
    series: Series,
    number: i32,
    title: String,
    /// The beginning of the text, for previews elsewhere.
    beginning: String,
    locale: Locale,
    drawn: Drawn,
    previous: Option<Listed>,
    next: Option<Listed>,
    /// The talks before and after this one, as far as they are public.
    others: Vec<Once>,
    call: Call,
}

impl Show {
    fn call_box(&self) -> CallBox<'_> {
        CallBox::new(&self.frame, &self.call)
    }

    fn path(&self) -> String {
        format!("/reports/{}/{}", self.series.slug, self.number)
    }

    fn url(&self) -> String {
        self.frame.platform.config.url(&self.path())
    }

    /// One picture for each language: a drawn title needs Japanese glyphs, and such a font is larger
    /// than the program.
    fn picture(&self) -> String {
        let name = match self.locale {
            Locale::Ja => "img/og-ja.png",
            Locale::En => "img/og-en.png",
        };
        self.frame.platform.config.url(&self.frame.asset(name))
    }

    fn may_hide(&self) -> bool {
        self.frame.person().is_some_and(|person| person.is_administrator)
    }

    fn index_path(&self) -> String {
        self.frame.carry(&format!("/reports/{}", self.series.slug))
    }

    fn feed_path(&self) -> String {
        format!("/reports/{}/feed.atom", self.series.slug)
    }

    fn path_once(&self, once: &Once) -> String {
        self.frame.carry(&once.path)
    }

    fn path_of(&self, listed: &Listed) -> String {
        self.frame.carry(&listed.path())
    }
}

/// Shows a report by its number.
pub async fn get(frame: Frame, address: Path<(String, i32)>) -> Answer {
    let mut read = frame.read().await?;
    let series = store::series_by_slug(&mut read, &address.0).await?.ok_or(AppError::NotFound)?;
    let Some(published) = store::published(&mut read, &series, address.1).await? else {
        return match store::is_gap(&mut read, &series, address.1).await? {
            true => gone(frame, series, address.1),
            false => Err(AppError::NotFound),
        };
    };
    if published.stage != Stage::Published {
        return gone(frame, series, address.1);
    }
    let written = store::system(&mut read, published.id).await?.ok_or(AppError::NotFound)?;
    let granted = feedback::granted(&mut read, published.consultation).await?;
    let (previous, next) = store::neighbours(&mut read, &series, address.1).await?;
    let others = store::before_and_after(&mut read, published.consultation).await?;
    let call = calls::find(&mut read, series.call).await?.ok_or(AppError::NotFound)?;
    let words = Words {
        locale: written.locale,
        number: format!("{}#{}", series.prefix, address.1),
        title: &written.title,
        month: &written.month,
        kinds: &written.kinds,
        html: Html::stored(published.html),
    };
    let drawn = Drawn::new(&frame, words, &written.quotes, &granted).alone();
    let beginning = beginning(&written.body);
    let (locale, title) = (written.locale, written.title);
    let number = address.1;
    show(&Show { frame, series, number, title, beginning, locale, drawn, previous, next, others, call })
}

/// The first paragraph, as plain words.
fn beginning(body: &str) -> String {
    let first = passages(body).into_iter().next().unwrap_or_default();
    let plain: String =
        first.chars().filter(|c| !"*_`#>[]".contains(*c)).map(|c| if c == '\n' { ' ' } else { c }).collect();
    let short: String = plain.chars().take(140).collect();
    if short.len() < plain.len() { format!("{}…", short.trim_end()) } else { short }
}
