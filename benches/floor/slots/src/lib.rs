//! The ideal slot computation: one merge sweep over busy intervals sorted by start.
//! A yardstick, not a product: all times are UTC seconds, rules are minutes of the host's local day.
use chrono::{DateTime, Datelike, Duration, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Busy {
    pub start: i64,
    pub end: i64,
}

/// Offsets of one zone over the horizon: (valid from, seconds east). Built once a zone and day, then cached.
pub struct Offsets(Vec<(i64, i64)>);

impl Offsets {
    pub fn new(tz: Tz, from: i64, to: i64) -> Self {
        let at = |t: i64| {
            let dt: DateTime<Utc> = DateTime::from_timestamp(t, 0).unwrap();
            tz.offset_from_utc_datetime(&dt.naive_utc()).fix().local_minus_utc() as i64
        };
        let (from, to) = (from - 2 * 86400, to + 2 * 86400);
        let mut spans = vec![(i64::MIN / 2, at(from))];
        let mut t = from;
        while t < to {
            let next = t + 7 * 86400;
            if at(next) != at(t) {
                let (mut lo, mut hi) = (t, next);
                while hi - lo > 1 {
                    let mid = (lo + hi) / 2;
                    if at(mid) == at(t) { lo = mid } else { hi = mid }
                }
                spans.push((hi, at(next)));
            }
            t = next;
        }
        Offsets(spans)
    }
    #[inline]
    pub fn at_utc(&self, t: i64) -> i64 {
        let mut off = self.0[0].1;
        for &(from, o) in &self.0[1..] {
            if t >= from {
                off = o
            }
        }
        off
    }
    /// Local seconds to UTC; in a gap the later, in a fold the earlier reading.
    #[inline]
    pub fn to_utc(&self, local: i64) -> i64 {
        let mut off = self.0[0].1;
        for &(from, o) in &self.0[1..] {
            if local >= from + off {
                off = o
            }
        }
        local - off
    }
}

pub struct Rules {
    pub weekly: [Vec<(i64, i64)>; 7],
    /// sorted by day number (days since 1970); an empty list closes the day
    pub overrides: Vec<(i64, Vec<(i64, i64)>)>,
    pub duration: i64,
    pub step: i64,
    pub before: i64,
    pub after: i64,
    pub per_day: u32,
    pub not_before: i64,
}

/// Slots of the horizon plus, for each visitor's day, where it begins in the list.
#[derive(Default, Clone)]
pub struct Out {
    pub slots: Vec<i64>,
    pub days: Vec<(i64, u32)>,
}

/// `busy` sorted by start. `bookings` counts starts a host's day for the per-day limit.
pub fn sweep(r: &Rules, host: &Offsets, visitor: &Offsets, first_day: i64, days: i64, busy: &[Busy], out: &mut Out) {
    out.slots.clear();
    out.days.clear();
    let mut p = 0usize; // first busy interval that may still matter
    let mut blocked_until = i64::MIN; // running maximum of end + after
    let mut ov = r.overrides.partition_point(|o| o.0 < first_day);
    let mut last_day = i64::MIN;
    let mut count_p = 0usize;
    for day in first_day..first_day + days {
        let windows: &[(i64, i64)] = if ov < r.overrides.len() && r.overrides[ov].0 == day {
            ov += 1;
            &r.overrides[ov - 1].1
        } else {
            &r.weekly[(day + 3).rem_euclid(7) as usize]
        };
        if windows.is_empty() {
            continue;
        }
        if r.per_day > 0 {
            let (a, b) = (host.to_utc(day * 86400), host.to_utc((day + 1) * 86400));
            while count_p < busy.len() && busy[count_p].start < a {
                count_p += 1
            }
            let from = count_p;
            while count_p < busy.len() && busy[count_p].start < b {
                count_p += 1
            }
            if (count_p - from) as u32 >= r.per_day {
                continue;
            }
        }
        for &(a, b) in windows {
            let (mut t, end) = (host.to_utc(day * 86400 + a * 60), host.to_utc(day * 86400 + b * 60));
            if t < r.not_before {
                t += (r.not_before - t + r.step - 1) / r.step * r.step;
            }
            while t + r.duration <= end {
                // take in every interval that starts before this slot ends
                while p < busy.len() && busy[p].start - r.before < t + r.duration {
                    blocked_until = blocked_until.max(busy[p].end + r.after);
                    p += 1;
                }
                if blocked_until > t {
                    t += (blocked_until - t + r.step - 1) / r.step * r.step;
                    continue;
                }
                let vday = (t + visitor.at_utc(t)).div_euclid(86400);
                if vday != last_day {
                    out.days.push((vday, out.slots.len() as u32));
                    last_day = vday;
                }
                out.slots.push(t);
                t += r.step;
            }
        }
    }
}

/// What a first, plain version does: zone conversion at every slot, a scan over all busy intervals at every slot.
pub fn plain(
    r: &Rules,
    host: Tz,
    visitor: Tz,
    first: NaiveDate,
    days: i64,
    busy: &[Busy],
) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = vec![];
    for d in 0..days {
        let date = first + Duration::days(d);
        for &(a, b) in &r.weekly[date.weekday().num_days_from_monday() as usize] {
            let at = |m: i64| {
                host.from_local_datetime(&(date.and_hms_opt(0, 0, 0).unwrap() + Duration::minutes(m)))
                    .earliest()
                    .unwrap()
                    .with_timezone(&Utc)
            };
            let (mut t, end) = (at(a), at(b));
            while t + Duration::seconds(r.duration) <= end {
                let (s, e) = (t.timestamp(), t.timestamp() + r.duration);
                if !busy.iter().any(|x| x.start - r.before < e && x.end + r.after > s) {
                    let v = t.with_timezone(&visitor);
                    let (day, time) = (v.format("%Y-%m-%d").to_string(), v.format("%H:%M").to_string());
                    match out.last_mut() {
                        Some(l) if l.0 == day => l.1.push(time),
                        _ => out.push((day, vec![time])),
                    }
                }
                t += Duration::seconds(r.step);
            }
        }
    }
    out
}

/// The synthetic load shared with the peers: a Lehmer generator, n intervals of 10 minutes
/// in the first half of random hours within 60 days.
pub fn synthetic(n: usize, from: i64, days: i64) -> Vec<Busy> {
    let mut x: i64 = 42;
    let mut rnd = move || {
        x = x * 16807 % 2147483647;
        x
    };
    let mut v: Vec<Busy> = (0..n)
        .map(|_| {
            let s = from + rnd() % (days * 24) * 3600 + rnd() % 20 * 60;
            Busy { start: s, end: s + 600 }
        })
        .collect();
    v.sort_by_key(|b| b.start);
    v
}

pub fn weekly(a: i64, b: i64) -> [Vec<(i64, i64)>; 7] {
    let d = || vec![(a, b)];
    [d(), d(), d(), d(), d(), vec![], vec![]]
}
