//! The hours of a host in microseconds since 1970, one offset at a time.

use super::Minutes;
use super::offsets::{self, Segments};
use crate::domain::availability::{Availability, DAY, Window};
use chrono::{Datelike, NaiveDate};
use std::ops::Range;

/// A stretch of a date in minutes of its wall clock, with the first point of its grid: the evening
/// before where the window began there.
pub(super) struct Hours {
    pub from: i32,
    pub to: i32,
    pub first: i32,
}

/// The hours of a date from midnight to midnight, in no order.
pub(super) fn of(availability: &Availability, date: NaiveDate) -> impl Iterator<Item = Hours> {
    clipped(availability.windows_from_the_evening_before(date), availability.windows(date))
}

fn clipped<'a>(before: impl Iterator<Item = &'a Window>, own: &'a [Window]) -> impl Iterator<Item = Hours> {
    let hours = |window: &Window, midnight: i32| {
        let (from, to) = (window.from.minutes() - midnight, window.end_minutes() - midnight);
        Hours { from: from.max(0), to: to.min(DAY), first: from }
    };
    before.map(move |window| hours(window, DAY)).chain(own.iter().map(move |window| hours(window, 0)))
}

/// Hours of one date as far as one offset reaches.
pub(super) struct Piece {
    /// Since 1970, by the host's calendar.
    pub day: i64,
    pub from: i64,
    pub until: i64,
    /// The first point of its grid, which may lie outside.
    first: i64,
}

impl Piece {
    /// From the first point of the grid that lies inside and in a range, to where both end.
    pub fn points(&self, step: i64, range: &Range<i64>) -> Range<i64> {
        let from = self.from.max(range.start);
        let point = if from == self.first { from } else { from + (self.first - from).rem_euclid(step) };
        point..self.until.min(range.end)
    }
}

/// At least as many as there are points of the grid in a range.
pub(super) fn most_points(pieces: &[Piece], step: i64, range: &Range<i64>) -> usize {
    let inside = pieces.iter().map(|piece| (piece.until.min(range.end) - piece.from.max(range.start)).max(0));
    (inside.sum::<i64>() / step) as usize + pieces.len()
}

/// A date as days since 1970.
pub(super) fn day(date: NaiveDate) -> i64 {
    date.to_epoch_days().into()
}

/// The hours, in order.
pub(super) fn pieces(availability: &Availability, segments: &Segments) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(64);
    for segment in segments.iter() {
        let (mut date, last) = segment.dates();
        let (mut day, mut midnight) = (day(date), segment.midnight(date));
        let mut overrides = availability.overrides.range(date..).peekable();
        let mut before = date.pred_opt().map_or(&[][..], |before| availability.windows(before));
        while date <= last {
            let replaced = overrides.next_if(|(on, _)| **on == date);
            let reach = if replaced.is_some() { &[][..] } else { before };
            let own = replaced.map_or_else(|| availability.weekly.of(date.weekday()), |(_, windows)| windows);
            let instant = |minutes: i32| midnight + Minutes(minutes).micros();
            for hours in clipped(reach.iter().filter(|window| window.end_minutes() > DAY), own) {
                let (from, until) = segment.clamp(instant(hours.from), instant(hours.to));
                if from < until {
                    pieces.push(Piece { day, from, until, first: instant(hours.first) });
                }
            }
            before = own;
            (day, midnight) = (day + 1, midnight + offsets::DAY);
            let Some(next) = date.succ_opt() else { break };
            date = next;
        }
    }
    pieces.sort_unstable_by_key(|piece| piece.from);
    pieces
}

/// The first of the pieces that touch, which are as one, and what comes after them.
pub(super) fn touching(pieces: &[Piece]) -> Option<(Touching<'_>, &[Piece])> {
    let mut until = pieces.first()?.until;
    let (mut count, mut overlap) = (1, false);
    while let Some(next) = pieces.get(count).filter(|next| next.from <= until) {
        overlap |= next.from < until;
        until = until.max(next.until);
        count += 1;
    }
    let (pieces, later) = pieces.split_at(count);
    Some((Touching { pieces, until, overlap }, later))
}

/// Pieces without a gap between them.
pub(super) struct Touching<'a> {
    pub pieces: &'a [Piece],
    pub until: i64,
    /// Whether a point may be on the grid of two of them.
    pub overlap: bool,
}
