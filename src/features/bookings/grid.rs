//! The times to choose from as both pages of choosing draw them: seven days at once, on the reader's
//! clock, with the host's beside it where it differs.

use super::rules::{Asking, FAR, Outlook, Picture};
use crate::domain::consultation::Part;
use crate::domain::interval::Intervals;
use crate::domain::slot::Slot;
use crate::platform::form::Fields;
use crate::platform::page::Frame;
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Days that are shown at once.
const DAYS: u64 = 7;

/// Times of one length, with the days that are shown.
#[derive(Template)]
#[template(path = "bookings/grid.html")]
pub struct Grid {
    frame: Frame,
    host_zone: Tz,
    path: String,
    pub minutes: i32,
    pub durations: Vec<i32>,
    days: Vec<Day>,
    before: Option<NaiveDate>,
    after: Option<NaiveDate>,
    chosen: Vec<DateTime<Utc>>,
    /// Whether several times are ticked, or one is chosen.
    takes_several: bool,
    /// Whether the reader may look, and not choose.
    is_for_looking: bool,
    changes: Vec<Tz>,
    outlook: Outlook,
    /// The first day with a time, where nothing can be booked within a week.
    not_before: Option<NaiveDate>,
    is_none: bool,
    /// The nearest times to one that cannot be booked any more, with their days.
    nearest: Vec<(String, Time)>,
}

struct Day {
    date: NaiveDate,
    times: Vec<Time>,
}

struct Time {
    start: DateTime<Utc>,
    clock: String,
    /// The host's day and clock.
    other: Option<String>,
    /// Whether the reader has a session elsewhere then.
    is_clash: bool,
    /// Whether a host may be called away then.
    is_soft: bool,
    /// Whether the host is asked about it, and not about the others.
    is_asked: bool,
}

/// Instants that were sent in the fields of times.
pub fn chosen(fields: &Fields) -> Vec<DateTime<Utc>> {
    fields.values("start").filter_map(|typed| DateTime::parse_from_rfc3339(typed).ok()).map(|at| at.to_utc()).collect()
}

/// Where the grid stands and what it shows.
pub struct Asked {
    pub path: String,
    pub minutes: i32,
    pub from: Option<NaiveDate>,
    pub chosen: Vec<DateTime<Utc>>,
    /// As which part the reader books; none where times are proposed.
    pub books: Option<Part>,
    /// The reader's sessions elsewhere: said, not forbidden.
    pub elsewhere: Intervals,
}

impl Grid {
    /// Draws the days from the asked one on, or from the first on which there is a time.
    pub fn new(frame: &Frame, picture: &Picture, slots: &[Slot], asked: Asked) -> Self {
        let host_zone = picture.zone();
        let mut by_day: BTreeMap<NaiveDate, Vec<Slot>> = BTreeMap::new();
        for slot in slots {
            let date = slot.start().with_timezone(&frame.speech.zone).date_naive();
            by_day.entry(date).or_default().push(*slot);
        }
        let first = by_day.keys().next().copied();
        let from = asked.from.or(first).unwrap_or_default();
        let days: Vec<Day> = (0..DAYS)
            .filter_map(|n| from.checked_add_days(Days::new(n)))
            .map(|date| Day { date, times: times(frame, by_day.get(&date), picture, &asked) })
            .collect();
        let next = from.checked_add_days(Days::new(DAYS));
        let after = next.filter(|next| by_day.range(*next..).next().is_some());
        let back = from.checked_sub_days(Days::new(DAYS));
        let before = back.filter(|_| by_day.range(..from).next().is_some());
        let nearest = nearest(slots, &asked.chosen)
            .into_iter()
            .map(|slot| {
                let day = frame.speech.short_date(slot.start().with_timezone(&frame.speech.zone).date_naive());
                times(frame, Some(&vec![slot]), picture, &asked).pop().map(|time| (day, time))
            })
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default();
        let last = slots.last().map_or(frame.now, Slot::start);
        Self {
            host_zone,
            path: asked.path,
            minutes: asked.minutes,
            durations: picture.durations.clone(),
            days: if slots.is_empty() { Vec::new() } else { days },
            before,
            after,
            chosen: asked.chosen,
            takes_several: false,
            is_for_looking: false,
            changes: clock_changes([frame.speech.zone, host_zone], frame.now, last),
            outlook: picture.outlook(asked.minutes, slots),
            not_before: slots.first().filter(|slot| slot.start() > frame.now + FAR).and(first),
            is_none: slots.is_empty(),
            nearest,
            frame: frame.clone(),
        }
    }

    /// The same times to tick several of.
    pub fn with_several(self) -> Self {
        Self { takes_several: true, ..self }
    }

    /// The same times for whoever chooses none.
    pub fn for_looking(self) -> Self {
        Self { is_for_looking: true, ..self }
    }

    fn zone(&self) -> String {
        self.frame.speech.zone.to_string()
    }

    fn differs(&self) -> bool {
        self.host_zone != self.frame.speech.zone
    }

    fn link(&self, date: &NaiveDate) -> String {
        format!("{}minutes={}&from={date}", self.query(), self.minutes)
    }

    fn length(&self, minutes: &i32) -> String {
        format!("{}minutes={minutes}", self.query())
    }

    /// The path, ready for one more parameter.
    fn query(&self) -> String {
        format!("{}{}", self.path, if self.path.contains('?') { '&' } else { '?' })
    }

    fn value(&self, time: &Time) -> String {
        time.start.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    fn is_chosen(&self, time: &Time) -> bool {
        self.chosen.contains(&time.start)
    }

    fn has_outlook(&self) -> bool {
        self.not_before.is_some() || self.outlook.sooner.is_some() || self.outlook.opens.is_some()
    }

    fn is_gone(&self) -> bool {
        !self.nearest.is_empty() && !self.takes_several
    }

    fn date(&self, date: &NaiveDate) -> String {
        self.frame.speech.date(*date)
    }

    fn day_of(&self, at: &DateTime<Utc>) -> String {
        self.frame.speech.day_of(*at)
    }

    fn day_name(&self, day: &Day) -> String {
        self.frame.speech.short_date(day.date)
    }
}

impl HtmlSafe for Grid {}

fn overlaps(times: &Intervals, slot: &Slot) -> bool {
    slot.interval().is_some_and(|session| times.overlap(&session))
}

/// Times that are said at once when the chosen one is gone.
const NEAREST: usize = 3;

/// The free times nearest to one that was chosen and is not free, in order.
fn nearest(slots: &[Slot], chosen: &[DateTime<Utc>]) -> Vec<Slot> {
    let [chosen] = chosen else { return Vec::new() };
    if slots.iter().any(|slot| slot.start() == *chosen) {
        return Vec::new();
    }
    let mut near = slots.to_vec();
    near.sort_by_key(|slot| (slot.start() - *chosen).abs());
    near.truncate(NEAREST);
    near.sort_unstable();
    near
}

fn times(frame: &Frame, slots: Option<&Vec<Slot>>, picture: &Picture, asked: &Asked) -> Vec<Time> {
    let host_zone = picture.zone();
    let host = frame.speech.in_zone(host_zone);
    let other = |start: DateTime<Utc>| {
        let (here, there) = (start.with_timezone(&frame.speech.zone), start.with_timezone(&host_zone));
        let clock = host.clock(start);
        match (here.naive_local() == there.naive_local(), here.date_naive() == there.date_naive()) {
            (true, _) => None,
            (false, true) => Some(clock),
            (false, false) => Some(format!("{} {clock}", host.weekday(there.date_naive()))),
        }
    };
    let drawn = slots.into_iter().flatten().map(|slot| Time {
        start: slot.start(),
        clock: frame.speech.clock(slot.start()),
        other: other(slot.start()),
        is_clash: overlaps(&asked.elsewhere, slot),
        is_soft: overlaps(&picture.soft, slot),
        is_asked: asked
            .books
            .is_some_and(|part| picture.asking(part) == Asking::Some && picture.asks_host(part, slot.interval())),
    });
    drawn.collect()
}

/// Which of these zones change their clocks between two instants.
pub fn clock_changes(zones: [Tz; 2], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Tz> {
    use chrono::Offset;
    let offset = |zone: &Tz, at: DateTime<Utc>| at.with_timezone(zone).offset().fix();
    let mut zones = zones.to_vec();
    zones.dedup();
    zones.retain(|zone| offset(zone, from) != offset(zone, to));
    zones
}
