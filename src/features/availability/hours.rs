//! `/availability`: the week as it is offered, drawn as bars and written as from and to.

use super::no_room::{self, NoRoom};
use super::store::{self, Hours, Stale};
use crate::domain::availability::{DAY, WallClock, Weekly, Window};
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many, Revision};
use crate::platform::i18n::Message;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{NaiveDate, Weekday};

/// Windows that the form offers for one day.
pub(super) const WINDOWS: usize = 3;
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "mon"),
    (Weekday::Tue, "tue"),
    (Weekday::Wed, "wed"),
    (Weekday::Thu, "thu"),
    (Weekday::Fri, "fri"),
    (Weekday::Sat, "sat"),
    (Weekday::Sun, "sun"),
];

#[derive(Template)]
#[template(path = "availability/hours.html")]
struct Page {
    frame: Frame,
    hours: Hours,
    no_room: Vec<NoRoom>,
    fields: Fields,
}

/// One day of the drawn week.
struct Day {
    word: &'static str,
    name: String,
    /// Free time as from and length in minutes of this day, that of the evening before included.
    bars: Vec<(i32, i32)>,
    is_wrong: bool,
    /// Whether the windows after the first are used.
    has_more: bool,
}

impl Page {
    fn days(&self) -> Vec<Day> {
        let start = usize::from(self.hours.week_start == Weekday::Sun) * 6;
        (0..7).map(|n| self.day((n + start) % 7)).collect()
    }

    fn day(&self, n: usize) -> Day {
        let (weekday, word) = DAYS[n];
        // 4 January 2027 is a Monday.
        let date = NaiveDate::from_ymd_opt(2027, 1, 4 + n as u32).unwrap_or_default();
        let own = self.hours.weekly.of(weekday).iter().map(|w| (w.from.minutes(), w.end_minutes().min(DAY)));
        let before = self.hours.weekly.of(weekday.pred()).iter().map(|w| (0, w.end_minutes() - DAY));
        let bars = own.chain(before).filter(|(from, to)| from < to).map(|(from, to)| (from, to - from)).collect();
        Day {
            word,
            name: self.frame.speech.weekday(date),
            bars,
            is_wrong: self.fields.error(word).is_some(),
            has_more: self.fields.values(&format!("{word}_from")).skip(1).any(|typed| !typed.is_empty()),
        }
    }

    fn typed(&self, day: &Day, n: &usize) -> (String, String) {
        typed(&self.fields, day.word, *n)
    }

    fn zone(&self) -> String {
        self.frame.speech.zone.to_string()
    }

    fn ticks(&self) -> [i32; 3] {
        [360, 720, 1080]
    }
}

pub(super) fn typed(fields: &Fields, word: &str, n: usize) -> (String, String) {
    let nth = |end: &str| fields.values(&format!("{word}_{end}")).nth(n).unwrap_or_default().to_owned();
    (nth("from"), nth("to"))
}

/// Shows the week.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let hours = store::find(&mut read, me).await?.unwrap_or_default();
    let offered = store::offered(&mut read, me, frame.speech.zone).await?;
    let no_room = no_room::of(&mut read, me, &offered, frame.today()).await?;
    let fields = fields_of(&hours);
    show(&Page { frame, hours, no_room, fields })
}

/// Stores the week.
pub async fn post(frame: Frame, Many(mut fields): Many) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let stored = store::find(&mut tx, me).await?.unwrap_or_default();
    let revision = fields.required::<Revision>("revision");
    let weekly = Weekly(DAYS.map(|(_, word)| windows(&mut fields, word)));
    if !fields.is_refused() {
        require_room(&mut tx, &frame, &mut fields, &weekly).await?;
    }
    let (Some(Revision(revision)), false) = (revision, fields.is_refused()) else {
        let page = Page { frame, hours: stored, no_room: Vec::new(), fields };
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let hours = Hours { weekly, ..stored };
    match store::save(&mut tx, me, &hours, revision).await? {
        Ok(()) => tx.see_other("/availability?said=saved").await,
        Err(Stale) => {
            fields.set("revision", hours.revision.to_string());
            fields.refuse("revision", Message::new("availability-hours-stale"));
            show_with(StatusCode::CONFLICT, &Page { frame, hours, no_room: Vec::new(), fields })
        }
    }
}

/// Hours in which no session of any call fits are refused beside their first day; no hours at all are a
/// host's right.
async fn require_room(tx: &mut Tx, frame: &Frame, fields: &mut Fields, weekly: &Weekly) -> Result<(), AppError> {
    let Some((_, first)) = DAYS.into_iter().find(|(day, _)| !weekly.of(*day).is_empty()) else { return Ok(()) };
    let me = frame.asker.id()?;
    let Some(shortest) = no_room::shortest(tx, me).await? else { return Ok(()) };
    let mut offered = store::offered(tx, me, frame.speech.zone).await?;
    offered.availability.weekly = weekly.clone();
    if offered.hours_contradict(shortest, frame.today()).is_some() {
        fields.refuse(first, Message::new("availability-hours-too_short").with("minutes", shortest.0));
    }
    Ok(())
}

/// The form of stored hours.
fn fields_of(hours: &Hours) -> Fields {
    let mut fields = Fields::of(&[("revision", &hours.revision.to_string())]);
    for (weekday, word) in DAYS {
        add(&mut fields, word, hours.weekly.of(weekday));
    }
    fields
}

pub(super) fn add(fields: &mut Fields, word: &str, windows: &[Window]) {
    for window in windows {
        fields.add(&format!("{word}_from"), window.from.to_string());
        // A field of time knows no 24:00; 00:00 as an end means the same.
        let to = if window.to.minutes() == DAY { "00:00".to_owned() } else { window.to.to_string() };
        fields.add(&format!("{word}_to"), to);
    }
}

/// Reads the windows typed for a day; a pair left empty is none.
pub(super) fn windows(fields: &mut Fields, word: &'static str) -> Vec<Window> {
    let mut windows = Vec::new();
    for n in 0..WINDOWS {
        let (from, to) = typed(fields, word, n);
        if from.is_empty() && to.is_empty() {
            continue;
        }
        match (WallClock::parse(&from), WallClock::parse(&to)) {
            (Ok(from), Ok(to)) if from.minutes() < DAY => windows.push(Window { from, to }),
            _ => fields.refuse(word, Message::new("availability-hours-wrong")),
        }
    }
    windows.sort_unstable();
    windows
}
