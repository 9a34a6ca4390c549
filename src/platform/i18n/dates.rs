//! Dates and times as people of a language read them: weekday, date, clock and zone.

use super::Speech;
use crate::domain::person::Locale;
use askama::filters::HtmlSafe;
use chrono::{DateTime, Datelike, Month, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::{OffsetName, Tz};
use std::fmt;

const WEEKDAYS_JA: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

impl Speech {
    /// `2027年1月12日(火)`, `Tue 12 January 2027`.
    pub fn date(&self, date: NaiveDate) -> String {
        match self.locale {
            Locale::Ja => format!("{}年{}月{}日({})", date.year(), date.month(), date.day(), self.weekday(date)),
            Locale::En => format!("{} {}", self.short_date(date), date.year()),
        }
    }

    /// `1月12日(火)`, `Tue 12 January`: where the year is plain.
    pub fn short_date(&self, date: NaiveDate) -> String {
        match self.locale {
            Locale::Ja => format!("{}月{}日({})", date.month(), date.day(), self.weekday(date)),
            Locale::En => format!("{} {} {}", date.weekday(), date.day(), month_name(date)),
        }
    }

    /// `2027年1月`, `January 2027`: the finest that a report tells.
    pub fn month(&self, date: NaiveDate) -> String {
        match self.locale {
            Locale::Ja => format!("{}年{}月", date.year(), date.month()),
            Locale::En => format!("{} {}", month_name(date), date.year()),
        }
    }

    /// `火`, `Tue`.
    pub fn weekday(&self, date: NaiveDate) -> String {
        match self.locale {
            Locale::Ja => WEEKDAYS_JA[date.weekday().num_days_from_monday() as usize].to_owned(),
            Locale::En => date.weekday().to_string(),
        }
    }

    /// Date of an instant in this zone.
    pub fn day_of(&self, instant: DateTime<Utc>) -> String {
        self.date(instant.with_timezone(&self.zone).date_naive())
    }

    /// `2027年1月12日(火) 09:00 JST`, `Tue 12 January 2027, 09:00 JST`.
    pub fn moment(&self, instant: DateTime<Utc>) -> String {
        let local = instant.with_timezone(&self.zone);
        format!(
            "{}{}{:02}:{:02} {}",
            self.date(local.date_naive()),
            self.comma(),
            local.hour(),
            local.minute(),
            word_of(&local)
        )
    }

    /// `2027年1月12日(火) 09:00–10:00 JST`, and the day of the end where it is another.
    pub fn span(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
        let (from, to) = (start.with_timezone(&self.zone), end.with_timezone(&self.zone));
        let until = match from.date_naive() == to.date_naive() {
            true => to.format("%H:%M").to_string(),
            false => format!("{}{}{}", self.short_date(to.date_naive()), self.comma(), to.format("%H:%M")),
        };
        format!(
            "{}{}{}–{until} {}",
            self.date(from.date_naive()),
            self.comma(),
            from.format("%H:%M"),
            zone_word(self.zone, start)
        )
    }

    /// As `span`, with the offset for whoever does not know the letters: `… JST (UTC+9)`.
    pub fn span_with_offset(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
        let (span, offset) = (self.span(start, end), offset_word(self.zone, start));
        match span.ends_with(&offset) {
            true => span,
            false => format!("{span} ({offset})"),
        }
    }

    /// `09:00` in this zone.
    pub fn clock(&self, instant: DateTime<Utc>) -> String {
        instant.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// The same speech in another zone, for the other side's clock.
    pub fn in_zone(&self, zone: Tz) -> Speech {
        Speech { zone, ..*self }
    }

    /// "in 3 days", "yesterday": only beside a date. Whole days count on this zone's calendar.
    pub fn relative(&self, instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let day = |at: DateTime<Utc>| at.with_timezone(&self.zone).date_naive();
        let days = (day(instant) - day(now)).num_days();
        let minutes = (instant - now).num_minutes();
        match days {
            0 if minutes.abs() < 60 && minutes >= 0 => {
                self.t("time-in-minutes").with("minutes", minutes.max(1)).to_string()
            }
            0 => self.t("time-today").to_string(),
            1 => self.t("time-tomorrow").to_string(),
            -1 => self.t("time-yesterday").to_string(),
            days if days > 0 => self.t("time-in-days").with("days", days).to_string(),
            days => self.t("time-days-ago").with("days", -days).to_string(),
        }
    }

    fn comma(&self) -> &'static str {
        match self.locale {
            Locale::Ja => " ",
            Locale::En => ", ",
        }
    }
}

fn month_name(date: NaiveDate) -> &'static str {
    u8::try_from(date.month()).ok().and_then(|month| Month::try_from(month).ok()).map_or("", |month| month.name())
}

/// `JST`, or `UTC+5:45` where the zone has no letters.
pub fn zone_word(zone: Tz, at: DateTime<Utc>) -> String {
    word_of(&at.with_timezone(&zone))
}

fn word_of(local: &DateTime<Tz>) -> String {
    match local.offset().abbreviation() {
        Some(letters) if !letters.starts_with(['+', '-']) => letters.to_owned(),
        _ => offset_word(local.timezone(), local.to_utc()),
    }
}

/// `UTC+9`, `UTC-3:30`.
pub fn offset_word(zone: Tz, at: DateTime<Utc>) -> String {
    use chrono::Offset;
    let offset = TimeDelta::seconds(at.with_timezone(&zone).offset().fix().local_minus_utc().into());
    let (sign, minutes) = (if offset < TimeDelta::zero() { '-' } else { '+' }, offset.num_minutes().abs());
    match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
    }
}

/// An instant as `<time datetime>`, text in the reader's zone.
pub struct TimeTag {
    pub(crate) instant: DateTime<Utc>,
    pub(crate) text: String,
}

impl TimeTag {
    /// An instant as a language and a zone tell it.
    pub fn of(speech: &Speech, instant: DateTime<Utc>) -> Self {
        Self { instant, text: speech.moment(instant) }
    }
}

impl fmt::Display for TimeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text is digits, weekdays and zone letters of our own.
        let (date, time) = (self.instant.date_naive(), self.instant.time());
        write!(
            f,
            "<time datetime=\"{date}T{:02}:{:02}:{:02}Z\" data-local>{}</time>",
            time.hour(),
            time.minute(),
            time.second(),
            self.text
        )
    }
}

impl HtmlSafe for TimeTag {}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn tokyo(locale: Locale) -> Speech {
        Speech { locale, zone: chrono_tz::Asia::Tokyo }
    }

    #[test]
    fn case_88_a_time_carries_weekday_date_and_zone() {
        let (start, end) =
            (Utc.with_ymd_and_hms(2027, 1, 12, 0, 0, 0).unwrap(), Utc.with_ymd_and_hms(2027, 1, 12, 1, 0, 0).unwrap());
        assert_eq!(tokyo(Locale::Ja).span(start, end), "2027年1月12日(火) 09:00–10:00 JST");
        assert_eq!(tokyo(Locale::En).span(start, end), "Tue 12 January 2027, 09:00–10:00 JST");
    }

    #[test]
    fn a_span_past_midnight_names_the_day_of_its_end() {
        let start = Utc.with_ymd_and_hms(2027, 1, 12, 14, 30, 0).unwrap();
        assert_eq!(
            tokyo(Locale::Ja).span(start, start + TimeDelta::hours(1)),
            "2027年1月12日(火) 23:30–1月13日(水) 00:30 JST"
        );
    }

    #[test]
    fn zones_without_letters_show_their_offset() {
        let at = Utc.with_ymd_and_hms(2027, 1, 12, 0, 0, 0).unwrap();
        assert_eq!(zone_word(chrono_tz::Asia::Kathmandu, at), "UTC+5:45");
        assert_eq!(offset_word(chrono_tz::America::St_Johns, at), "UTC-3:30");
        assert_eq!(offset_word(chrono_tz::Asia::Tokyo, at), "UTC+9");
    }
}
