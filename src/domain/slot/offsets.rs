//! Stretches of time in which a zone's offset stays the same, in microseconds since 1970.

use crate::domain::interval::{Interval, instant};
use chrono::{NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::sync::OnceLock;

/// A day of 24 hours.
pub(super) const DAY: i64 = 86_400 * SECOND;
const SECOND: i64 = 1_000_000;

/// A stretch with one offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    from: i64,
    until: i64,
    /// East of UTC.
    offset: i64,
}

impl Segment {
    /// The first and the last date on the wall clock of the stretch.
    pub(super) fn dates(&self) -> (NaiveDate, NaiveDate) {
        (instant(self.from + self.offset).date_naive(), instant(self.until - 1 + self.offset).date_naive())
    }

    /// The instant at which the wall clock of this offset shows the date's midnight; it need not lie
    /// inside the stretch.
    pub(super) fn midnight(&self, date: NaiveDate) -> i64 {
        date.and_time(NaiveTime::MIN).and_utc().timestamp_micros() - self.offset
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
        let window = window.micros();
        let (from, until) = (window.start - DAY, window.end + longest.num_seconds() * SECOND + DAY);
        let (first, later) = around(zone, from);
        let mut segments = vec![Segment { from, until, offset: first.offset }];
        for change in later.iter().take_while(|change| change.at < until) {
            if let Some(last) = segments.last_mut() {
                last.until = change.at;
            }
            segments.push(Segment { from: change.at, until, offset: change.offset });
        }
        Self(segments)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Segment> {
        self.0.iter()
    }
}

/// East of UTC.
pub(super) fn offset(zone: Tz, at: i64) -> i64 {
    around(zone, at).0.offset
}

/// An offset and when it begins.
#[derive(Clone, Copy, Debug)]
struct Change {
    at: i64,
    offset: i64,
}

/// What holds at an instant, and what comes after it.
fn around(zone: Tz, at: i64) -> (Change, &'static [Change]) {
    let changes = changes(zone);
    let later = changes.partition_point(|change| change.at <= at).max(1);
    (changes[later - 1], &changes[later..])
}

/// All changes of a zone's offset, looked for once: doing it for each page would take longer than all
/// the rest of the engine.
fn changes(zone: Tz) -> &'static [Change] {
    static CHANGES: [OnceLock<Vec<Change>>; TZ_VARIANTS.len()] = [const { OnceLock::new() }; TZ_VARIANTS.len()];
    CHANGES[zone as usize].get_or_init(|| {
        let mut changes = vec![Change { at: i64::MIN, offset: looked_up(zone, FIRST) }];
        let mut before = changes[0].offset;
        for probe in (FIRST..LAST).step_by(APART as usize) {
            let after = looked_up(zone, probe + APART);
            if before != after {
                changes.push(Change { at: change(zone, probe, probe + APART), offset: after });
            }
            before = after;
        }
        changes
    })
}

/// No zone changes twice within so short a time: the shortest are seven days, as Gaza's in 2040.
const APART: i64 = 5 * DAY;
/// No zone changes its offset earlier: 1 January 1840.
const FIRST: i64 = -4_102_444_800 * SECOND;
/// Nor is a change known later: 1 January 2101.
const LAST: i64 = 4_133_980_800 * SECOND;

fn looked_up(zone: Tz, at: i64) -> i64 {
    let east = zone.offset_from_utc_datetime(&instant(at).naive_utc()).fix().local_minus_utc();
    i64::from(east) * SECOND
}

/// The first second of the later offset.
fn change(zone: Tz, before: i64, after: i64) -> i64 {
    let (mut before, mut after) = (before, after);
    let old = looked_up(zone, before);
    while after - before > SECOND {
        let middle = before + (after - before) / SECOND / 2 * SECOND;
        match looked_up(zone, middle) == old {
            true => before = middle,
            false => after = middle,
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_zone_says_what_the_database_says() {
        for zone in [Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::Africa__Casablanca, Tz::Asia__Gaza] {
            for hour in (FIRST - 40 * DAY..LAST + 40 * DAY).step_by(15 * DAY as usize / 24) {
                assert_eq!(offset(zone, hour), looked_up(zone, hour), "{zone} {hour}");
            }
            for change in &changes(zone)[1..] {
                assert_eq!(offset(zone, change.at - 1), looked_up(zone, change.at - 1), "{zone} {change:?}");
                assert_eq!(offset(zone, change.at), looked_up(zone, change.at), "{zone} {change:?}");
            }
        }
    }

    #[test]
    fn no_zone_changes_outside_of_its_table() {
        for zone in TZ_VARIANTS {
            for (edge, beyond) in [(FIRST, 2 * FIRST), (LAST, 2 * LAST)] {
                assert_eq!(looked_up(zone, edge), looked_up(zone, beyond), "{zone}");
            }
        }
    }
}
