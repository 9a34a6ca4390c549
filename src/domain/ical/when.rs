//! Points of the wall clock and lengths of time (RFC 5545 3.3.4, 3.3.5, 3.3.6).

use super::zone::Zone;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

/// A century; a longer length is taken for a mistake.
const MAX_SECONDS: i64 = 36_500 * DAY;
const DAY: i64 = 86_400;

/// A reading of the wall clock in a zone, or a whole date.
#[derive(Clone, Debug)]
pub(super) struct When {
    pub(super) local: NaiveDateTime,
    pub(super) is_date: bool,
    pub(super) zone: Zone,
}

impl When {
    /// The instant: of two the earlier one, and in a gap by the offset before it.
    pub(super) fn instant(&self) -> DateTime<Utc> {
        self.zone.instant(self.local)
    }

    /// Another reading of the same clock.
    pub(super) fn at(&self, local: NaiveDateTime) -> When {
        When { local, ..self.clone() }
    }

    /// Whether the clock never shows it. A date is always there, even one without a midnight.
    pub(super) fn is_skipped(&self) -> bool {
        !self.is_date && self.zone.is_skipped(self.local)
    }

    /// The other one as an occurrence of a series that begins here: a whole date where this is one,
    /// else the time of day of this.
    pub(super) fn align(&self, other: &When) -> When {
        match (self.is_date, other.is_date) {
            (true, _) => self.at(other.local.date().and_time(NaiveTime::MIN)),
            (false, true) => self.at(other.local.date().and_time(self.local.time())),
            (false, false) => other.clone(),
        }
    }
}

/// How long something lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// Days of the wall clock, then exact seconds: a P1D over a clock change has 23 hours.
    Nominal {
        days: i64,
        seconds: i64,
    },
    Exact {
        seconds: i64,
    },
}

impl Length {
    pub(super) const NOTHING: Length = Length::Exact { seconds: 0 };

    pub(super) fn days(days: i64) -> Self {
        Length::Nominal { days, seconds: 0 }
    }

    /// When something of this length ends.
    pub(super) fn end(self, start: &When) -> DateTime<Utc> {
        let (from, seconds) = match self {
            Length::Exact { seconds } => (start.instant(), seconds),
            Length::Nominal { days: 0, seconds } => (start.instant(), seconds),
            Length::Nominal { days, seconds } => {
                let last = start.local.checked_add_signed(TimeDelta::days(days)).unwrap_or(start.local);
                (start.zone.instant(last), seconds)
            }
        };
        from.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(from)
    }

    /// No occurrence of this length ends later than this after its start.
    pub(super) fn at_most(self) -> TimeDelta {
        match self {
            Length::Exact { seconds } => TimeDelta::seconds(seconds),
            Length::Nominal { days, seconds } => TimeDelta::seconds((days + 1) * DAY + seconds),
        }
    }
}

/// A DATE or DATE-TIME as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) local: NaiveDateTime,
    pub(super) is_date: bool,
    pub(super) is_utc: bool,
}

impl Written {
    /// Reads `20270112`, `20270112T090000` or `20270112T090000Z`, and nothing that only looks alike.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((date, time)) = text.split_once(['T', 't']) else {
            return Some(Self { local: read_date(text)?.and_time(NaiveTime::MIN), is_date: true, is_utc: false });
        };
        let clock = time.strip_suffix(['Z', 'z']);
        let local = read_date(date)?.and_time(read_time(clock.unwrap_or(time))?);
        Some(Self { local, is_date: false, is_utc: clock.is_some() })
    }
}

fn read_date(text: &str) -> Option<NaiveDate> {
    let year = i32::try_from(number(text, 0..4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(text, 4..6)?, number(text, 6..8)?).filter(|_| text.len() == 8)
}

fn read_time(text: &str) -> Option<NaiveTime> {
    // RFC 5545 3.3.12: who has no leap seconds reads 60 as 59.
    let second = match number(text, 4..6)? {
        60 => 59,
        second => second,
    };
    NaiveTime::from_hms_opt(number(text, 0..2)?, number(text, 2..4)?, second).filter(|_| text.len() == 6)
}

fn number(text: &str, digits: std::ops::Range<usize>) -> Option<u32> {
    let digits = text.get(digits)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Reads a DURATION that is not negative: days and weeks are nominal, the rest exact.
pub(super) fn duration(text: &str) -> Option<Length> {
    let text = text.trim();
    let mut rest = text.strip_prefix('+').unwrap_or(text).strip_prefix(['P', 'p'])?;
    let (mut days, mut seconds, mut is_time, mut is_any) = (0, 0, false, false);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix(['T', 't']).filter(|_| !is_time) {
            (rest, is_time) = (time, true);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=10).contains(end))?;
        let count: i64 = rest[..end].parse().ok()?;
        match (rest.as_bytes()[end].to_ascii_uppercase(), is_time) {
            (b'W', false) => days += 7 * count,
            (b'D', false) => days += count,
            (b'H', true) => seconds += 3_600 * count,
            (b'M', true) => seconds += 60 * count,
            (b'S', true) => seconds += count,
            _ => return None,
        }
        (rest, is_any) = (&rest[end + 1..], true);
    }
    (is_any && days * DAY <= MAX_SECONDS && seconds <= MAX_SECONDS).then_some(Length::Nominal { days, seconds })
}
