//! Instants of what a clock on the wall shows.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The first instant at which clocks of the zone show this; where they skip it, the first quarter of an
/// hour after it.
pub fn earliest(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    // Clocks skip at most two hours.
    (0..=8)
        .find_map(|quarters| zone.from_local_datetime(&(local + TimeDelta::minutes(15 * quarters))).earliest())
        .map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// The instant that ends a day.
pub fn midnight_after(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    earliest(day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_clocks_skip_it_is_the_first_quarter_after() {
        let at = |day, hour, zone: Tz| {
            let local = NaiveDate::from_ymd_opt(2027, 3, day).unwrap().and_hms_opt(hour, 0, 0).unwrap();
            earliest(local, zone).format("%d %H:%M").to_string()
        };
        assert_eq!(at(4, 9, chrono_tz::Asia::Tokyo), "04 00:00");
        assert_eq!(at(28, 2, chrono_tz::Europe::Berlin), "28 01:00");
        assert_eq!(at(28, 0, chrono_tz::Asia::Beirut), "27 22:00");
    }

    #[test]
    fn of_an_hour_that_comes_twice_it_is_the_first() {
        let local = NaiveDate::from_ymd_opt(2027, 10, 31).unwrap().and_hms_opt(2, 30, 0).unwrap();
        assert_eq!(earliest(local, chrono_tz::Europe::Berlin).format("%H:%M").to_string(), "00:30");
    }
}
