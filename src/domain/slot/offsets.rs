//! Stretches of time in which a zone's offset stays the same.

use crate::domain::interval::Interval;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

const DAY_SECONDS: i64 = 86_400;

/// A stretch of UTC seconds with one offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    from: i64,
    until: i64,
    /// Seconds east of UTC.
    offset: i64,
}

impl Segment {
    /// Dates on the wall clock of the stretch, in order.
    pub(super) fn dates(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let date = |instant: i64| DateTime::from_timestamp(instant + self.offset, 0).map(|local| local.date_naive());
        let (first, last) = (date(self.from), date(self.until - 1));
        let mut next = first;
        std::iter::from_fn(move || {
            let today = next.filter(|today| Some(*today) <= last)?;
            next = today.checked_add_days(Days::new(1));
            Some(today)
        })
    }

    /// The instant at which the wall clock of this offset shows the date's midnight; it need not lie
    /// inside the stretch.
    pub(super) fn midnight(&self, date: NaiveDate) -> i64 {
        date.and_time(NaiveTime::MIN).and_utc().timestamp() - self.offset
    }

    /// Whether the instant lies inside.
    pub(super) fn holds(&self, instant: i64) -> bool {
        self.from <= instant && instant < self.until
    }

    /// The part of a stretch that lies inside.
    pub(super) fn clamp(&self, from: i64, to: i64) -> (i64, i64) {
        (from.max(self.from), to.min(self.until))
    }
}

/// The stretches of a zone around a window, in order.
pub(super) struct Segments(Vec<Segment>);

impl Segments {
    /// From a day before the window to a day after the last session in it.
    pub(super) fn of(zone: Tz, window: &Interval, longest: TimeDelta) -> Self {
        let from = window.start().timestamp() - DAY_SECONDS;
        let until = (window.end() + longest).timestamp() + DAY_SECONDS;
        let mut segments = vec![Segment { from, until, offset: offset(zone, from) }];
        let mut probe = from;
        while probe < until {
            let next = (probe + DAY_SECONDS).min(until);
            if offset(zone, next) != offset(zone, probe) {
                let change = change(zone, probe, next);
                if let Some(last) = segments.last_mut() {
                    last.until = change;
                }
                segments.push(Segment { from: change, until, offset: offset(zone, next) });
            }
            probe = next;
        }
        Self(segments)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Segment> {
        self.0.iter()
    }
}

/// Seconds east of UTC.
pub(super) fn offset(zone: Tz, instant: i64) -> i64 {
    let at: DateTime<Utc> = DateTime::from_timestamp(instant, 0).unwrap_or_default();
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into()
}

/// The first instant of the later offset.
fn change(zone: Tz, before: i64, after: i64) -> i64 {
    let (mut before, mut after) = (before, after);
    let old = offset(zone, before);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        match offset(zone, middle) == old {
            true => before = middle,
            false => after = middle,
        }
    }
    after
}
