//! Sets of days off: dates of one year with their names.

use chrono::{Datelike, NaiveDate};
use jpholiday::jpholiday::JPHoliday;

/// Days that many hosts take off together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidaySet {
    /// Public holidays of Japan (国民の祝日に関する法律), substitutes included.
    Public,
    /// 年末年始: 29 December to 3 January; the year is that of the January.
    NewYear,
    /// お盆: 13 to 16 August.
    Obon,
}

impl HolidaySet {
    /// All sets, as the page lists them.
    pub const ALL: [HolidaySet; 3] = [HolidaySet::Public, HolidaySet::NewYear, HolidaySet::Obon];

    /// The word in addresses and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            HolidaySet::Public => "public",
            HolidaySet::NewYear => "new-year",
            HolidaySet::Obon => "obon",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.as_str() == word)
    }

    /// Its name on pages.
    pub fn key(self) -> &'static str {
        match self {
            HolidaySet::Public => "availability-holidays-public",
            HolidaySet::NewYear => "availability-holidays-new_year",
            HolidaySet::Obon => "availability-holidays-obon",
        }
    }

    /// Dates in order; the law's own names, in Japanese, where the days have some.
    pub fn dates(self, year: i32) -> Vec<(NaiveDate, Option<String>)> {
        let span = |from: (i32, u32, u32), days: usize| -> Vec<_> {
            let first = NaiveDate::from_ymd_opt(from.0, from.1, from.2);
            first.into_iter().flat_map(|first| first.iter_days().take(days)).map(|date| (date, None)).collect()
        };
        match self {
            HolidaySet::Public => {
                let named = JPHoliday::new().year_holidays(year).into_iter().map(|(date, name)| (date, Some(name)));
                named.filter(|(date, _)| date.year() == year).collect()
            }
            HolidaySet::NewYear => span((year - 1, 12, 29), 6),
            HolidaySet::Obon => span((year, 8, 13), 4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(set: HolidaySet, year: i32) -> Vec<String> {
        set.dates(year).iter().map(|(date, _)| date.format("%m-%d").to_string()).collect()
    }

    #[test]
    fn the_public_holidays_are_those_of_the_cabinet_offices_list() {
        let of_2026 = [
            "01-01", "01-12", "02-11", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05", "05-06", "07-20", "08-11",
            "09-21", "09-22", "09-23", "10-12", "11-03", "11-23",
        ];
        let of_2027 = [
            "01-01", "01-11", "02-11", "02-23", "03-21", "03-22", "04-29", "05-03", "05-04", "05-05", "07-19", "08-11",
            "09-20", "09-23", "10-11", "11-03", "11-23",
        ];
        assert_eq!(days(HolidaySet::Public, 2026), of_2026);
        assert_eq!(days(HolidaySet::Public, 2027), of_2027);
        assert_eq!(HolidaySet::Public.dates(2027)[1].1.as_deref(), Some("成人の日"));
    }

    #[test]
    fn the_days_around_new_year_begin_in_the_year_before() {
        assert_eq!(days(HolidaySet::NewYear, 2027), ["12-29", "12-30", "12-31", "01-01", "01-02", "01-03"]);
        assert_eq!(days(HolidaySet::Obon, 2027), ["08-13", "08-14", "08-15", "08-16"]);
    }
}
