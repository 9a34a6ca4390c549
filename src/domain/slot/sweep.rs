//! What stands in the way of rising starts.

use super::{Booked, Rules, Taken};
use crate::domain::interval::Interval;
use std::ops::Range;

/// What keeps a start from being free, as the open stretch of starts that it blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub after: i64,
    pub until: i64,
}

impl Block {
    /// Comes after everything.
    const NONE: Self = Self { after: i64::MAX, until: i64::MAX };

    /// Of a booking. Where two buffers meet, the larger counts.
    pub fn of_booking(rules: &Rules, booked: &Booked) -> Self {
        Self::new(rules, &booked.interval, booked.buffer_before.micros(), booked.buffer_after.micros())
    }

    /// Of imported busy time, which has no buffers of its own.
    pub fn of_busy(rules: &Rules, busy: &Interval) -> Self {
        Self::new(rules, busy, 0, 0)
    }

    fn new(rules: &Rules, interval: &Interval, own_before: i64, own_after: i64) -> Self {
        let (before, after) = (rules.buffer_before.micros(), rules.buffer_after.micros());
        let taken = interval.micros();
        Self {
            after: taken.start - rules.duration.micros() - after.max(own_before),
            until: taken.end + before.max(own_after),
        }
    }
}

/// What a start meets.
enum Way {
    /// It is free, and so is each start up to and with this one.
    Free(i64),
    /// This is the first start after what is in the way.
    Blocked(i64),
}

/// Tells of rising starts what is in their way.
pub(super) struct Sweep<'a> {
    /// In order and apart.
    bookings: Vec<Block>,
    passed: usize,
    busy: Place<'a>,
}

impl<'a> Sweep<'a> {
    pub fn new(rules: &'a Rules, taken: Taken<'a>) -> Self {
        let mut bookings: Vec<Block> = taken.bookings.iter().map(|b| Block::of_booking(rules, b)).collect();
        bookings.sort_unstable_by_key(|block| block.after);
        bookings.dedup_by(|next, last| {
            let is_joined = next.after < last.until;
            if is_joined {
                last.until = last.until.max(next.until);
            }
            is_joined
        });
        Self { bookings, passed: 0, busy: Place::new(rules, taken.busy) }
    }

    /// Passes over what ends before a start that is far from the last one.
    pub fn leap_to(&mut self, start: i64) {
        self.busy.leap_to(start);
    }

    /// Gives those of a range that are free, a step apart.
    pub fn free_of(&mut self, range: Range<i64>, step: i64, mut found: impl FnMut(i64)) {
        let mut start = range.start;
        while start < range.end {
            match self.way(start) {
                Way::Free(last) => {
                    let until = range.end.min(last.saturating_add(1));
                    while start < until {
                        found(start);
                        start += step;
                    }
                }
                Way::Blocked(until) => {
                    let until = range.end.min(until);
                    while start < until {
                        start += step;
                    }
                }
            }
        }
    }

    pub fn is_free(&mut self, start: i64) -> bool {
        matches!(self.way(start), Way::Free(_))
    }

    fn way(&mut self, start: i64) -> Way {
        while self.bookings.get(self.passed).is_some_and(|block| block.until <= start) {
            self.passed += 1;
        }
        let booked = self.bookings.get(self.passed).copied().unwrap_or(Block::NONE);
        let busy = self.busy.step_to(start);
        match (booked.after < start, busy.after < start) {
            (false, false) => Way::Free(booked.after.min(busy.after)),
            (true, false) => Way::Blocked(booked.until),
            (false, true) => Way::Blocked(busy.until),
            (true, true) => Way::Blocked(booked.until.max(busy.until)),
        }
    }
}

/// A place in busy time that is in order and apart, so that its ends rise as well.
struct Place<'a> {
    rules: &'a Rules,
    rest: &'a [Interval],
    first: Block,
}

impl<'a> Place<'a> {
    fn new(rules: &'a Rules, busy: &'a [Interval]) -> Self {
        debug_assert!(busy.is_sorted_by(|a, b| a.end() <= b.start()), "busy time is in order and apart");
        let mut place = Self { rules, rest: busy, first: Block::NONE };
        place.go(0);
        place
    }

    /// The first that ends after the start, which is near.
    fn step_to(&mut self, start: i64) -> Block {
        while self.first.until <= start {
            self.go(1);
        }
        self.first
    }

    /// Over a night or a month, without looking at each.
    fn leap_to(&mut self, start: i64) {
        let is_over = |b: &Interval| Block::of_busy(self.rules, b).until <= start;
        let mut reach = 32;
        while self.rest.get(reach).is_some_and(is_over) {
            reach *= 2;
        }
        self.go(self.rest[..self.rest.len().min(reach)].partition_point(is_over));
    }

    fn go(&mut self, on: usize) {
        self.rest = &self.rest[on..];
        self.first = self.rest.first().map_or(Block::NONE, |b| Block::of_busy(self.rules, b));
    }
}
