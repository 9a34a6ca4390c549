//! Half-open stretches of time: touching is free.

use chrono::{DateTime, Utc};
use std::fmt;
use std::ops::Range;

/// From `start` up to, and without, `end`; never empty. Kept in microseconds, as the database does,
/// so that thousands are compared without working out their dates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    start: i64,
    end: i64,
}

impl Interval {
    /// `None` where it would be empty.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Option<Self> {
        Self::of_micros(start.timestamp_micros(), end.timestamp_micros())
    }

    fn of_micros(start: i64, end: i64) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The first instant.
    pub fn start(&self) -> DateTime<Utc> {
        instant(self.start)
    }

    /// The first instant after it.
    pub fn end(&self) -> DateTime<Utc> {
        instant(self.end)
    }

    /// Both in microseconds since 1970.
    pub fn micros(&self) -> Range<i64> {
        self.start..self.end
    }

    /// Whether they share an instant.
    pub fn overlaps(&self, other: &Interval) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether all of the other lies inside.
    pub fn contains(&self, other: &Interval) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// The instant of so many microseconds since 1970.
pub fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).expect("it comes from an instant")
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}..{:?}", self.start(), self.end())
    }
}

/// Intervals in order, merged where they overlap or touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intervals(Vec<Interval>);

impl Intervals {
    /// Sorts and merges.
    pub fn of(mut intervals: Vec<Interval>) -> Self {
        intervals.sort_unstable();
        let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
        for next in intervals {
            match merged.last_mut() {
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                _ => merged.push(next),
            }
        }
        Self(merged)
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &Interval> {
        self.0.iter()
    }

    /// In order, as a slice.
    pub fn as_slice(&self) -> &[Interval] {
        &self.0
    }

    /// Everything in either.
    pub fn union(&self, other: &Intervals) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Everything in here that is not in the other.
    pub fn minus(&self, other: &Intervals) -> Self {
        let mut rest = Vec::new();
        for whole in &self.0 {
            let mut from = whole.start;
            for hole in other.0.iter().filter(|hole| hole.overlaps(whole)) {
                rest.extend(Interval::of_micros(from, hole.start));
                from = from.max(hole.end);
            }
            rest.extend(Interval::of_micros(from, whole.end));
        }
        Self(rest)
    }

    /// What lies inside the window.
    pub fn clamp(&self, window: &Interval) -> Self {
        let inside = |i: &Interval| Interval::of_micros(i.start.max(window.start), i.end.min(window.end));
        Self(self.0.iter().filter_map(inside).collect())
    }

    /// Whether any of them shares an instant with it.
    pub fn overlap(&self, interval: &Interval) -> bool {
        let from = self.0.partition_point(|i| i.end <= interval.start);
        self.0.get(from).is_some_and(|i| i.start < interval.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn i(from: u32, to: u32) -> Interval {
        let at = |h| Utc.with_ymd_and_hms(2027, 1, 4, h, 0, 0).unwrap();
        Interval::new(at(from), at(to)).unwrap()
    }

    fn all(intervals: &[Interval]) -> Intervals {
        Intervals::of(intervals.to_vec())
    }

    #[test]
    fn what_overlaps_or_touches_is_merged() {
        assert_eq!(all(&[i(5, 6), i(1, 2), i(2, 3), i(1, 2)]), Intervals(vec![i(1, 3), i(5, 6)]));
    }

    #[test]
    fn touching_is_free() {
        assert!(!i(1, 2).overlaps(&i(2, 3)));
        assert!(!all(&[i(1, 2), i(3, 4)]).overlap(&i(2, 3)));
        assert!(all(&[i(1, 2), i(3, 5)]).overlap(&i(2, 4)));
    }

    #[test]
    fn holes_are_taken_out() {
        assert_eq!(all(&[i(1, 9)]).minus(&all(&[i(0, 2), i(4, 5), i(8, 10)])), all(&[i(2, 4), i(5, 8)]));
        assert_eq!(all(&[i(1, 9)]).minus(&all(&[i(0, 10)])), all(&[]));
        assert_eq!(all(&[i(1, 3), i(5, 9)]).clamp(&i(2, 6)), all(&[i(2, 3), i(5, 6)]));
        assert_eq!(all(&[i(1, 2)]).union(&all(&[i(2, 3)])), all(&[i(1, 3)]));
    }
}
