//! The last twelve months as a host looks at them: counts by month, and nothing about any person.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use chrono_tz::Tz;

/// Twelve months in a zone, the present one last.
#[derive(Clone, Copy, Debug)]
pub struct Year {
    first: NaiveDate,
    zone: Tz,
}

/// How many months a year of this kind has.
pub const MONTHS: usize = 12;

impl Year {
    /// The months that end with the present one.
    pub fn until(now: DateTime<Utc>, zone: Tz) -> Self {
        let today = now.with_timezone(&zone).date_naive();
        let this = today.with_day(1).unwrap_or(today);
        Self { first: this.checked_sub_months(Months::new(MONTHS as u32 - 1)).unwrap_or(this), zone }
    }

    /// First days of the months, the oldest first.
    pub fn months(&self) -> Vec<NaiveDate> {
        (0..MONTHS as u32).filter_map(|n| self.first.checked_add_months(Months::new(n))).collect()
    }

    /// In which month an instant lies; `None` outside of them.
    pub fn index(&self, at: DateTime<Utc>) -> Option<usize> {
        let date = at.with_timezone(&self.zone).date_naive();
        let months = (date.year() - self.first.year()) * 12 + date.month() as i32 - self.first.month() as i32;
        usize::try_from(months).ok().filter(|index| *index < MONTHS)
    }

    /// Sums by month.
    pub fn sums(&self, values: impl IntoIterator<Item = (DateTime<Utc>, i64)>) -> [i64; MONTHS] {
        let mut sums = [0; MONTHS];
        for (at, value) in values {
            if let Some(index) = self.index(at) {
                sums[index] += value;
            }
        }
        sums
    }
}

/// Whether the first answer to an application came in time; `None` while there still is time.
pub fn answered_in_time(
    promised_until: DateTime<Utc>,
    first_answer_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<bool> {
    match first_answer_at {
        Some(at) => Some(at <= promised_until),
        None => (now > promised_until).then_some(false),
    }
}

/// A share in whole percent; `None` of nothing.
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 100 + whole / 2) / whole)
}

/// A bar of a chart: its month's column and its height, in a drawing 100 high.
pub fn height(value: i64, most: i64) -> i64 {
    if value <= 0 { 0 } else { (value * 100 / most.max(1)).max(2) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn utc(year: i32, month: u32, day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).unwrap()
    }

    #[test]
    fn a_year_ends_with_the_present_month_of_the_zone() {
        let tokyo = chrono_tz::Asia::Tokyo;
        // 31 January 15:00 UTC is February in Tokyo.
        let year = Year::until(utc(2027, 1, 31, 15), tokyo);
        assert_eq!(year.months()[0], NaiveDate::from_ymd_opt(2026, 3, 1).unwrap());
        assert_eq!(year.months()[11], NaiveDate::from_ymd_opt(2027, 2, 1).unwrap());
        assert_eq!(year.index(utc(2026, 2, 28, 15)), Some(0), "1 March in Tokyo");
        assert_eq!((year.index(utc(2026, 2, 28, 14)), year.index(utc(2027, 2, 28, 15))), (None, None));
        let sums = year.sums([(utc(2026, 12, 31, 15), 2), (utc(2027, 1, 5, 0), 3), (utc(2020, 1, 1, 0), 9)]);
        assert_eq!((sums[10], sums.iter().sum::<i64>()), (5, 5));
    }

    #[test]
    fn an_answer_counts_when_the_promise_is_over_or_kept() {
        let until = utc(2027, 1, 11, 15);
        assert_eq!(answered_in_time(until, None, until), None);
        assert_eq!(answered_in_time(until, None, until + chrono::TimeDelta::seconds(1)), Some(false));
        assert_eq!(answered_in_time(until, Some(until), until), Some(true));
    }

    #[test]
    fn shares_and_bars_of_nothing_are_nothing() {
        assert_eq!((percent(0, 0), percent(2, 3), percent(1, 8)), (None, Some(67), Some(13)));
        assert_eq!((height(0, 5), height(1, 1000), height(5, 5), height(0, 0)), (0, 2, 100, 0));
    }
}
