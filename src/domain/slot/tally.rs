//! How much is booked by the host's dates and weeks, and what the limits leave.

use super::{Booked, Limits, Minutes, Rules, why};

/// How much is booked by days of the host since 1970, in order. Empty where nothing is limited.
#[derive(Default)]
pub(super) struct Tally(Vec<(i64, Used)>);

#[derive(Clone, Copy, Default)]
pub(super) struct Used {
    pub sessions: u32,
    pub minutes: u32,
    pub of_call: u32,
}

impl Used {
    fn by(booked: &Booked) -> Self {
        let taken = booked.interval.micros();
        let minutes = (taken.end - taken.start) / Minutes(1).micros();
        Self { sessions: 1, minutes: minutes as u32, of_call: u32::from(booked.is_of_this_call) }
    }

    fn add(&mut self, more: Used) {
        self.sessions += more.sessions;
        self.minutes += more.minutes;
        self.of_call += more.of_call;
    }

    fn sum<'a>(used: impl Iterator<Item = &'a (i64, Used)>) -> Self {
        let mut sum = Self::default();
        used.for_each(|(_, used)| sum.add(*used));
        sum
    }
}

impl Tally {
    pub fn of(rules: &Rules, bookings: &[Booked]) -> Self {
        if rules.limits == Limits::default() {
            return Self::default();
        }
        let mut days: Vec<_> =
            bookings.iter().map(|b| (rules.day_at(b.interval.micros().start), Used::by(b))).collect();
        days.sort_unstable_by_key(|(day, _)| *day);
        days.dedup_by(|next, sum| {
            let is_same = next.0 == sum.0;
            if is_same {
                sum.1.add(next.1);
            }
            is_same
        });
        Self(days)
    }

    pub fn day(&self, day: i64) -> Used {
        Used::sum(self.0.iter().filter(|(on, _)| *on == day))
    }

    pub fn week(&self, rules: &Rules, day: i64) -> Used {
        Used::sum(self.0.iter().filter(|(on, _)| rules.week(*on) == rules.week(day)))
    }

    /// Days that have bookings, or whose week has, and take no more; in order.
    pub fn full(&self, rules: &Rules) -> Vec<i64> {
        let mut full = Vec::new();
        for week in self.0.chunk_by(|a, b| rules.week(a.0) == rules.week(b.0)) {
            let of_week = Used::sum(week.iter());
            match is_full(rules, Used::default(), of_week) {
                true => full.extend(rules.days_of_week(rules.week(week[0].0))),
                false => full.extend(week.iter().filter(|(_, used)| is_full(rules, *used, of_week)).map(|(on, _)| *on)),
            }
        }
        full
    }
}

/// Whether limits leave room for no more beside what is used.
pub(super) fn is_full(rules: &Rules, day: Used, week: Used) -> bool {
    why::limits(rules, day, week).next().is_some()
}
